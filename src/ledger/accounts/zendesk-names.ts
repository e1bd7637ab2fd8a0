/**
 * The names of an account's Zendesk. A sealed account names its Zendesk, but the owner can rename a
 * Zendesk at any time, and old seals contain no name. An event with metadata proves that its name
 * belongs to the Zendesk of that metadata. An event without metadata proves nothing
 * (docs/decisions/unsigned-events.md).
 */
export interface ZendeskNames {
  /** The name in the seal first, then the proven names. */
  readonly proven: readonly string[];
  /**
   * Whether another name may be a new name of the same Zendesk. True if the account has no other
   * connection.
   */
  readonly mayBeRenamed: boolean;
}

interface ConnectionRow {
  readonly ig_user_id: string;
  readonly subdomain: string;
}
interface ConnectionNameRow extends ConnectionRow {
  readonly name: string;
}
/** The connections of some accounts and the names of these connections. */
export interface ConnectionRows {
  readonly connections: readonly ConnectionRow[];
  readonly names: readonly ConnectionNameRow[];
}

/**
 * Lists the names for a call that carries the sealed account.
 *
 * @param rows of that account.
 */
export function toZendeskNames(
  { connections, names }: ConnectionRows,
  subdomain: string | undefined,
): ZendeskNames {
  const proven = listProvenNames(names, subdomain ?? '');
  const isOther = (connection: ConnectionRow): boolean => !proven.includes(connection.subdomain);
  return { proven, mayBeRenamed: subdomain === undefined || !connections.some(isOther) };
}

/** Lists the names of all Zendesks of each account. Accounts without a connection are left out. */
export function toZendeskNamesByAccount({
  connections,
  names,
}: ConnectionRows): ReadonlyMap<string, ZendeskNames> {
  const byAccount = new Map<string, ZendeskNames>();
  for (const account of new Set(connections.map((row) => row.ig_user_id))) {
    const own = connections.filter((row) => row.ig_user_id === account);
    const ownNames = names.filter((row) => row.ig_user_id === account);
    const proven = own.flatMap(({ subdomain }) => listProvenNames(ownNames, subdomain));
    const mayBeRenamed = own.length === 1 || own.some(({ subdomain }) => subdomain === '');
    byAccount.set(account, { proven: [...new Set(proven)], mayBeRenamed });
  }
  return byAccount;
}

/** Each name of a pair may be the older one, because a seal is renewed after a rename. */
function listProvenNames(names: readonly ConnectionNameRow[], sealed: string): string[] {
  const pairs = names.filter(({ subdomain, name }) => [subdomain, name].includes(sealed));
  const all = [sealed, ...pairs.flatMap(({ subdomain, name }) => [subdomain, name])];
  return [...new Set(all)].filter((name) => name !== '');
}
