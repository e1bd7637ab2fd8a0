/** PostgreSQL's SQL as SQLite understands it, as far as the service uses it. */
export function toSqliteText(text: string): string {
  return text
    .replaceAll(/\$(\d+)/g, '@p$1')
    .replaceAll(/::\w+(?:\[\])?/g, '')
    .replaceAll(/ for (?:no key )?update(?: of "\w+")?(?: skip locked)?/g, '');
}

/** Parameters by the names that `toSqliteText` gives them. */
export function toSqliteParameters(values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(values.map((value, index) => [`p${String(index + 1)}`, toValue(value)]));
}

function toValue(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  return value ?? null;
}

/** The kind of a statement and its table, such as `insert like_attempts`. */
export function describeStatement(text: string): string {
  const [, verb = '', table = ''] =
    /^\s*(\w+)(?:.*?(?:into|from|update|table)\s+"?(\w+))?/is.exec(text) ?? [];
  const [, updated] = /^\s*update\s+"?(\w+)/i.exec(text) ?? [];
  return `${verb.toLowerCase()} ${updated ?? table}`.trim();
}

/** PostgreSQL's result of a statement. */
export interface StatementResult {
  readonly command: string;
  readonly rowCount: number;
  readonly rows: unknown[];
}

/** The session's locks, which are no rows. */
export interface AdvisoryLocks {
  acquire(key: string): boolean;
  release(key: string): boolean;
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
