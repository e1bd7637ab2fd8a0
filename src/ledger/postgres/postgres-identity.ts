import { type RawBuilder, sql } from 'kysely';
import { LedgerError } from '../database/ledger-error.js';
import type { LedgerConnection } from '../database/ledger.schema.js';

const DATABASE = sql`(select oid from pg_database where datname = current_database())`;

/**
 * The running server, the database and the table, for a statement on `ledger_line`. It costs no
 * access to a file. It changes when the server restarts, and when a dump is restored.
 */
export const PLACE: RawBuilder<string> = sql<string>`
  extract(epoch from pg_postmaster_start_time())::text || '/' || ${DATABASE}::text
    || '/' || ledger_line.tableoid::text`;

/** The parts of an identity, in their order. An unreadable one is empty. */
export type IdentityPart = 'system_identifier' | 'timeline' | 'table';
const PARTS: Readonly<Record<IdentityPart, RawBuilder<string>>> = {
  // A copy of the data folder has the same.
  system_identifier: sql`select system_identifier::text as part from pg_control_system()`,
  // A recovery to an earlier time and a standby that took over begin another one.
  timeline: sql`select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as part`,
  // A restored dump makes the tables again, and a copied database has another id.
  table: sql`select ${DATABASE}::text || '.' || 'ledger_line'::regclass::oid::text as part`,
};

/**
 * Reads what tells this database from its copies.
 *
 * @param onUnreadable is called for each part that the server does not let this user read.
 */
export async function readIdentity(
  db: LedgerConnection,
  onUnreadable: (part: IdentityPart) => void,
): Promise<string> {
  const parts: string[] = [];
  for (const [name, statement] of Object.entries(PARTS)) {
    try {
      const { rows } = await sql<{ part: string }>`${statement}`.execute(db);
      parts.push(rows[0]?.part ?? '');
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      onUnreadable(name as IdentityPart);
      parts.push('');
    }
  }
  return parts.join('/');
}

/** Keeps the earlier part where the later one could not be read. */
export function mergeIdentities(earlier: string | null, later: string): string {
  const parts = earlier?.split('/') ?? [];
  return later
    .split('/')
    .map((part, index) => (part === '' ? (parts[index] ?? '') : part))
    .join('/');
}

/** Compares the parts that both have. */
export function isSameDatabase(one: string, other: string): boolean {
  const others = other.split('/');
  return one.split('/').every((part, index) => {
    const otherPart = others[index] ?? '';
    return part === '' || otherPart === '' || part === otherPart;
  });
}
