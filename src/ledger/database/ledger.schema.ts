import type { Generated, Kysely, SelectQueryBuilder } from 'kysely';
import type { TargetKind } from '../../domain/target.js';

/** The account's likes that Instagram confirmed to this service. */
interface LikesTable {
  /** The Instagram account's id. */
  ig_user_id: string;
  target_kind: TargetKind;
  target_id: string;
  /** 0 or 1, because SQLite has no booleans. */
  liked: number;
  /** When Instagram confirmed it; ISO 8601, UTC. */
  changed_at: string;
  /** The line in which its attempt began; an earlier version left it null. */
  line: string | null;
}

/** Likes that were sent, or were about to be sent, and whose outcome is unknown. */
interface LikeAttemptsTable {
  id: Generated<number>;
  ig_user_id: string;
  target_kind: TargetKind;
  target_id: string;
  /** The requested state, 0 or 1. */
  liked: number;
  /**
   * 1 if an opposite attempt was confirmed while this one was in progress. It is then unknown which
   * of the two Instagram processed last.
   */
  overlapped: Generated<number>;
  started_at: string;
  /** The ledger's line when it began; an earlier version left it null. */
  line: string | null;
  /** A random name: a restored database may give an id again. */
  token: string | null;
}

/** The web addresses of the accounts' posts. */
export interface PermalinksTable {
  media_id: string;
  /** The account that owns the post. */
  ig_user_id: string;
  permalink: string;
}

/** Agents' replies, by the identifier that Zendesk gave them. */
interface ChannelbacksTable {
  ig_user_id: string;
  /** Empty if the sealed account does not name its Zendesk. */
  subdomain: string;
  /** Zendesk's `request_unique_identifier`. */
  request_id: string;
  /** ISO 8601, UTC. */
  first_attempt_at: string;
  last_attempt_at: string;
  /** The posted reply; null while it is unknown. */
  external_id: string | null;
}

/** Which posts and comments are in which tickets. */
export interface TicketResourcesTable {
  /** The account that owns the post. */
  ig_user_id: string;
  /** The Zendesk, as its event named it. */
  subdomain: string;
  ticket_id: number;
  external_id: string;
  media_id: string;
  comment_id: string | null;
  /** 1 for the resource that the ticket was created from. */
  is_first: number;
  /** The day of the last use, ISO 8601, UTC. */
  used_on: string;
}

/** The authors of the comments that pulls returned. */
export interface CommentAuthorsTable {
  comment_id: string;
  /** The account that owns the post. */
  ig_user_id: string;
  media_id: string;
  /** The author's id as the pull names it; its hash once `forgotten_at` is set. */
  author_id: string;
  /** When the author was deleted first; ISO 8601, UTC. */
  forgotten_at: string | null;
  /**
   * When the attempts that were in progress at the deletion have settled. Their remains can be
   * deleted then.
   */
  erase_at: string | null;
}

/** Which accounts are connected to which Zendesk. */
interface ConnectedAccountsTable {
  ig_user_id: string;
  subdomain: string;
  /** `active`, `inactive` or `removed`. */
  state: string;
  /** When Zendesk reported that state; ISO 8601, UTC. */
  told_at: string;
  /** The time of the last pull. */
  pulled_at: string | null;
  /** `ok` or an error code; `auth_revoked` also if Meta has reported that since. */
  pull_outcome: string | null;
}

/** Names under which the Zendesk of a connection has sent the connection's metadata. */
interface ConnectionNamesTable {
  ig_user_id: string;
  /** The name in the sealed account; empty if it has none. */
  subdomain: string;
  /** The `subdomain` of an event that carried the metadata. */
  name: string;
  /** ISO 8601, UTC. */
  told_at: string;
}

/** One row: which ledger this is, and whether it is known to be a copy. */
interface LedgerLineTable {
  id: number;
  /** The random id of the ledger. A copy has the same. */
  ledger: string;
  /** Names the time since the last break for all accounts; empty before the first one. */
  line: string;
  /** When the line broke for all accounts; ISO 8601, UTC. */
  broken_at: string | null;
  /** PostgreSQL's server, timeline, database and table, when last seen. */
  identity: string | null;
  /** Raised by each pull on SQLite, and also stored in the file next to the database. */
  number: number;
}

/** The numbers of each account's pulls. */
interface AccountLinesTable {
  ig_user_id: string;
  /** Raised by each answered pull. */
  number: Generated<number>;
  /** The random names of the last numbers, the newest first, each followed by a space. */
  names: Generated<string>;
  /** Like those of `ledger_line`, for one account. */
  line: Generated<string>;
  broken_at: string | null;
  /** The last marks that broke the line, each followed by a space. */
  seen: Generated<string>;
}

/** One row that is replaced to check whether the database is writable. */
interface WriteProbeTable {
  id: string;
  filler: string;
}

/** Logins at Facebook that an admin has begun and not yet used. Hashes: SHA-256, base64url. */
interface PendingLoginsTable {
  /** The hash of a secret of the setup page. */
  id_hash: string;
  /** The hash of the `state` that goes to Facebook and comes back. */
  state_hash: string;
  /** The hash of the setup that began the login: its Zendesk and its return address. */
  set_up_hash: string;
  /** ISO 8601, UTC. */
  started_at: string;
  /** `open`, `returned`, `refused` or `done`. */
  outcome: string;
  /** The network of the browser that began it. */
  network: string;
  /** The Zendesk that the account is for. */
  subdomain: string;
  /** Facebook's code, sealed; null before Facebook has sent it and after it was used. */
  sealed_code: string | null;
  /** The hash of the confirmation code that the login window shows. */
  confirmation_hash: string | null;
  /** How many confirmation codes were tried. */
  tries: number;
}

/** Which accounts a person connected, by the id that Meta gives the person in this app. */
interface MetaUsersTable {
  user_id: string;
  ig_user_id: string;
}

/** Completed deletions that Meta had requested. */
interface DeletionRequestsTable {
  /** SHA-256, base64url, of the confirmation code. */
  code_hash: string;
  /** ISO 8601, UTC. */
  done_at: string;
  /** How many accounts' data was deleted. */
  accounts: number;
  /** How many accounts' data was kept, because another person connected them too. */
  shared: number;
}

/** What the answers to pulls carried. */
interface PullAnswersTable {
  /** The Instagram account's id. */
  ig_user_id: string;
  /** The random names of the series of pulls and of the answer, as in the pull's state. */
  series: string;
  answer: string;
  /** The `external_id` of each resource, separated by spaces. */
  external_ids: string;
  /** 1 once the answer's state came back, which proves that it arrived. */
  has_arrived: Generated<number>;
  /** ISO 8601, UTC. */
  answered_at: string;
}

/** Pauses of calls to Meta. All times are milliseconds since 1970 by the database's clock. */
export interface GateHoldsTable {
  /** The account, or `app` for a pause of every account. */
  ig_user_id: string;
  /** The fingerprint of the token that the pause is limited to; empty if it is for all calls. */
  token: string;
  /** `token`, `block`, `limit` or `usage`. */
  cause: string;
  /** Meta's codes; null if Meta gave none. */
  graph_code: number | null;
  graph_subcode: number | null;
  /** How many probes were refused since the pause began. */
  repeats: number;
  /** Calls wait until then, and one of them then probes; 0 once the gate is open. */
  until_ms: number;
  /** Until when a process may use its probe. */
  probe_ms: number;
  changed_ms: number;
}

/** When the next call of a kind fits an account's pace. Milliseconds since 1970. */
interface GatePacesTable {
  ig_user_id: string;
  /** `like` or `message`. */
  kind: string;
  /** The theoretical arrival time of the next call (GCRA). */
  next_ms: number;
  /** The time of the last claim, and how many calls it was granted. */
  claimed_ms: number;
  granted: number;
}

/** What is left of the budgets of unauthenticated calls. */
interface BudgetCountsTable {
  /** The keyed hash of a budget and of a network, site or account. */
  holder_hash: string;
  /** How many calls the window has room for. */
  room: number;
  /** The end of the window: milliseconds since 1970 by the database's clock. */
  ends_ms: number;
}

/** Posts at which pulls failed. */
interface PullFailuresTable {
  /** The account that owns the post. */
  ig_user_id: string;
  media_id: string;
  /** How many pulls failed in a row. */
  failures: number;
  /** ISO 8601, UTC. */
  failed_at: string;
}

/** The migrations since this table exists. Its form never changes: older versions read it. */
interface SchemaVersionsTable {
  /** As in Kysely's own table of migrations. */
  name: string;
  /** 1 if the version before the migration can use the database after it. */
  is_additive: number;
  /** The version of the service that ran the migration. */
  version: string;
}

/** Each table has one owner: the class that writes its rows (`table-owners.spec.ts`). */
export interface LedgerSchema {
  pending_log_ins: PendingLoginsTable;
  meta_users: MetaUsersTable;
  deletion_requests: DeletionRequestsTable;
  ticket_resources: TicketResourcesTable;
  comment_authors: CommentAuthorsTable;
  connected_accounts: ConnectedAccountsTable;
  connection_names: ConnectionNamesTable;
  write_probe: WriteProbeTable;
  ledger_line: LedgerLineTable;
  account_lines: AccountLinesTable;
  gate_holds: GateHoldsTable;
  gate_paces: GatePacesTable;
  budget_counts: BudgetCountsTable;
  channelbacks: ChannelbacksTable;
  permalinks: PermalinksTable;
  pull_answers: PullAnswersTable;
  pull_failures: PullFailuresTable;
  schema_versions: SchemaVersionsTable;
  likes: LikesTable;
  like_attempts: LikeAttemptsTable;
}

export type Engine = 'sqlite' | 'postgres';

/** The database or a transaction on it. */
export type LedgerConnection = Kysely<LedgerSchema>;

/** Selects account ids, for a subquery. */
export type AccountsQuery = SelectQueryBuilder<
  LedgerSchema & { connection: ConnectedAccountsTable },
  'connection',
  { ig_user_id: string }
>;
