import type { Kysely, SelectQueryBuilder } from 'kysely';
import { batchesOf } from './database.js';
import type { ConnectedAccountsTable, LedgerSchema } from './ledger.schema.js';

/**
 * Which names the Zendesk of an account has. A sealed account names its Zendesk, but an owner can
 * rename a Zendesk at any time, and old seals name none. Only an event that carries metadata proves
 * that a name belongs to the Zendesk of that metadata. An event without metadata proves nothing
 * (docs/decisions/unsigned-events.md).
 */
export interface ZendeskNames {
  /** The name in the seal first, then the proven ones. */
  readonly proven: readonly string[];
  /**
   * Whether another name may be a new name of the same Zendesk: the account has no other
   * connection.
   */
  readonly mayBeRenamed: boolean;
}

interface Connection {
  readonly ig_user_id: string;
  readonly subdomain: string;
}
interface Name extends Connection {
  readonly name: string;
}

/** Selects accounts, for a subquery. */
export type AccountsQuery = SelectQueryBuilder<
  LedgerSchema & { connection: ConnectedAccountsTable },
  'connection',
  { ig_user_id: string }
>;

/** The names for a call whose metadata holds the account. */
export async function namesOf(
  db: Kysely<LedgerSchema>,
  igUserId: string,
  subdomain: string | undefined,
): Promise<ZendeskNames> {
  const { connections, names } = await readAll(db, [igUserId]);
  const proven = provenNames(names, subdomain ?? '');
  const isOther = (connection: Connection): boolean => !proven.includes(connection.subdomain);
  return { proven, mayBeRenamed: subdomain === undefined || !connections.some(isOther) };
}

/** Of the accounts that are connected at any Zendesk: the names of all their Zendesks. */
export async function namesByAccount(
  db: Kysely<LedgerSchema>,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, ZendeskNames>> {
  const { connections, names } = await readAll(db, accounts);
  const byAccount = new Map<string, ZendeskNames>();
  for (const igUserId of accounts) {
    const own = connections.filter((row) => row.ig_user_id === igUserId);
    if (own.length === 0) continue;
    const ofAccount = names.filter((row) => row.ig_user_id === igUserId);
    const proven = own.flatMap(({ subdomain }) => provenNames(ofAccount, subdomain));
    const mayBeRenamed = own.length === 1 || own.some(({ subdomain }) => subdomain === '');
    byAccount.set(igUserId, { proven: [...new Set(proven)], mayBeRenamed });
  }
  return byAccount;
}

/**
 * The accounts that are or were connected at a Zendesk. An account whose Zendesk has no known name
 * counts at each, since each could be it.
 */
export function accountsAt(db: Kysely<LedgerSchema>, subdomain: string): AccountsQuery {
  return db
    .selectFrom('connected_accounts as connection')
    .select('connection.ig_user_id')
    .where((where) => {
      const names = where
        .selectFrom('connection_names as known')
        .select('known.name')
        .whereRef('known.ig_user_id', '=', 'connection.ig_user_id');
      return where.or([
        where('connection.subdomain', '=', subdomain),
        where.exists(names.where('known.name', '=', subdomain)),
        where.and([
          where('connection.subdomain', '=', ''),
          where.not(where.exists(names.where('known.subdomain', '=', ''))),
        ]),
      ]);
    });
}

/** Either name of a pair may be the older one: a seal is renewed after a rename. */
function provenNames(names: readonly Name[], sealed: string): string[] {
  const pairs = names.filter(({ subdomain, name }) => [subdomain, name].includes(sealed));
  const all = [sealed, ...pairs.flatMap(({ subdomain, name }) => [subdomain, name])];
  return [...new Set(all)].filter((name) => name !== '');
}

async function readAll(
  db: Kysely<LedgerSchema>,
  accounts: readonly string[],
): Promise<{ connections: Connection[]; names: Name[] }> {
  const connections: Connection[] = [];
  const names: Name[] = [];
  for (const some of batchesOf(accounts)) {
    connections.push(
      ...(await db
        .selectFrom('connected_accounts')
        .select(['ig_user_id', 'subdomain'])
        .where('ig_user_id', 'in', some)
        .where('state', '!=', 'removed')
        .execute()),
    );
    names.push(
      ...(await db
        .selectFrom('connection_names')
        .select(['ig_user_id', 'subdomain', 'name'])
        .where('ig_user_id', 'in', some)
        .execute()),
    );
  }
  return { connections, names };
}
