const INSTANT = "statement_timestamp\\(\\) at time zone 'UTC'";
/** PostgreSQL's expressions that SQLite lacks, in this order. */
const TRANSLATIONS: readonly (readonly [RegExp, string])[] = [
  [
    new RegExp(
      `to_char\\(\\s*${INSTANT} \\+ (-?\\d+) \\* interval '1 millisecond', '[^']*'\\)`,
      'g',
    ),
    'simulated_iso_time($1)',
  ],
  [/\(extract\(epoch from clock_timestamp\(\)\) \* 1000\)::bigint/g, 'simulated_time()'],
  [/extract\(epoch from pg_postmaster_start_time\(\)\)/g, 'simulated_start()'],
  [/\(select oid from pg_database where datname = current_database\(\)\)/g, '1'],
  [/ledger_line\.tableoid/g, '1'],
  [/ from pg_control_system\(\)/g, ''],
  [/\bsystem_identifier\b/g, '1'],
  [/substr\(pg_walfile_name\(pg_current_wal_lsn\(\)\), 1, 8\)/g, 'simulated_timeline()'],
  [/\bgreatest\(/g, 'max('],
  [/\bleast\(/g, 'min('],
  [/(\$\d+)::bigint/g, 'cast($1 as integer)'],
  [/\$(\d+)/g, '@p$1'],
  [/::\w+(?:\[\])?/g, ''],
  [/ for (?:no key )?update(?: of "\w+")?(?: skip locked)?/g, ''],
];

/** PostgreSQL's SQL as SQLite understands it, as far as the service uses it. */
export function toSqliteText(text: string): string {
  return TRANSLATIONS.reduce((some, [from, to]) => some.replaceAll(from, to), text);
}

/** Parameters by the names that `toSqliteText` gives them. */
export function toSqliteParameters(values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    values.map((value, index) => [`p${String(index + 1)}`, toValue(value)]),
  );
}

function toValue(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  return value ?? null;
}

/** The kind of a statement and its table, such as `insert like_attempts`. */
export function describeStatement(text: string): string {
  const [verb = '', ...words] = text.toLowerCase().match(/\w+/g) ?? [];
  const at = verb === 'update' ? -1 : words.findIndex((word) => /^(?:into|from)$/.test(word));
  const table = at === -1 && verb !== 'update' ? '' : (words[at + 1] ?? '');
  return `${verb} ${table}`.trim();
}

/** PostgreSQL's result of a statement. */
export interface StatementResult {
  readonly command: string;
  readonly rowCount: number;
  readonly rows: unknown[];
}

/** The session's locks, which are no rows. */
export interface AdvisoryLocks {
  readonly acquire: (key: string) => boolean;
  readonly release: (key: string) => boolean;
}

/**
 * Answers statements about the server itself; undefined for statements about rows.
 *
 * @param tables the names of all tables.
 */
export function answerServerStatement(
  text: string,
  values: readonly unknown[],
  locks: AdvisoryLocks,
  tables: readonly string[],
): StatementResult | undefined {
  if (text.includes('"pg_attribute"')) {
    const column = { column: 'name', type: 'text', type_schema: 'pg_catalog', table_type: 'r' };
    return toResult(tables.map((table) => ({ ...column, table, schema: 'public' })));
  }
  const [, name] = /(pg_try_advisory_lock|pg_advisory_unlock)\(key\)/.exec(text) ?? [];
  if (name !== undefined) {
    const act = name === 'pg_advisory_unlock' ? locks.release : locks.acquire;
    const keys = values[0] as readonly string[];
    return toResult(keys.map((key, index) => ({ place: index + 1, done: act(key) })));
  }
  // The migrations ran before the schedule, so nothing competes for their lock.
  if (/pg_advisory_(?:un)?lock\(3853314791062309107\)/.test(text)) return toResult([]);
  return undefined;
}

function toResult(rows: unknown[]): StatementResult {
  return { command: 'SELECT', rowCount: rows.length, rows };
}
