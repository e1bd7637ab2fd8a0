import type { Generated } from 'kysely';
import type { TargetKind } from '../domain/target.js';

/** The account's likes as far as Instagram confirmed them to this service. */
export interface LikesTable {
  /** The Instagram account's id. */
  ig_user_id: string;
  target_kind: TargetKind;
  target_id: string;
  /** 0 or 1: both engines have integers, not both have booleans. */
  liked: number;
  /** ISO 8601, UTC: when Instagram confirmed it. */
  changed_at: string;
}

/** Likes that were sent, or were about to be, and whose outcome is not known. */
export interface LikeAttemptsTable {
  id: Generated<number>;
  ig_user_id: string;
  target_kind: TargetKind;
  target_id: string;
  /** 0 or 1: what was asked for. */
  liked: number;
  /** 1 once an opposite attempt was confirmed while this one was under way: nobody knows which came last. */
  overlapped: Generated<number>;
  started_at: string;
}

/** Where the accounts' posts are on the web. */
export interface PermalinksTable {
  media_id: string;
  /** The account that the post belongs to. */
  ig_user_id: string;
  permalink: string;
}

/** Agents' replies, by the identifier that Zendesk gave them. */
export interface ChannelbacksTable {
  ig_user_id: string;
  /** Empty where the account does not tell it. */
  subdomain: string;
  /** Zendesk's `request_unique_identifier`. */
  request_id: string;
  /** ISO 8601, UTC. */
  first_attempt_at: string;
  last_attempt_at: string;
  /** What the reply became; null while that is not known. */
  external_id: string | null;
}

/** Which posts and comments are in which tickets. */
export interface TicketResourcesTable {
  /** The account that the post belongs to. */
  ig_user_id: string;
  /** The Zendesk, as its event named it. */
  subdomain: string;
  ticket_id: number;
  external_id: string;
  media_id: string;
  comment_id: string | null;
  /** 1 for the resource that the ticket was made of. */
  is_first: number;
  /** The day of the last use, ISO 8601, UTC. */
  used_on: string;
}

/** Whose comments were handed out. */
export interface CommentAuthorsTable {
  comment_id: string;
  /** The account that the post belongs to. */
  ig_user_id: string;
  media_id: string;
  /** The author's id, as the pull names it; its hash once `forgotten_at` is set. */
  author_id: string;
  /** When the author was deleted first; ISO 8601, UTC. */
  forgotten_at: string | null;
  /**
   * When attempts that were under way at the deletion have settled, so that what they left can go.
   */
  erase_at: string | null;
}

/** Which accounts are connected at which Zendesk. */
export interface ConnectedAccountsTable {
  ig_user_id: string;
  subdomain: string;
  /** `active`, `inactive` or `removed`. */
  state: string;
  /** When Zendesk told of that state; ISO 8601, UTC. */
  told_at: string;
  /** Of the last pull. */
  pulled_at: string | null;
  /** `ok`, or the error's code; `auth_revoked` also where Meta told of it since. */
  pull_outcome: string | null;
}

/** Names under which the Zendesk of a connection has sent its metadata. */
export interface ConnectionNamesTable {
  ig_user_id: string;
  /** What the sealed account says; empty where it says nothing. */
  subdomain: string;
  /** The `subdomain` of an event that carried the metadata. */
  name: string;
  /** ISO 8601, UTC. */
  told_at: string;
}

/** A row that is replaced to find out whether the database can be written. */
export interface WriteProbeTable {
  id: string;
  filler: string;
}

/** Log-ins at Facebook that an admin has begun and not yet used. */
export interface PendingLoginsTable {
  /** SHA-256, base64url, of what only the set-up page knows. */
  id_hash: string;
  /** The same of the `state` that goes to Facebook and comes back. */
  state_hash: string;
  /** The same of the set-up that began it: its Zendesk and where it ends. */
  set_up_hash: string;
  /** ISO 8601, UTC. */
  started_at: string;
  /** `open`, `returned`, `refused` or `done`. */
  outcome: string;
  /** The network of the browser that began it. */
  network: string;
  /** The Zendesk that the account is for. */
  subdomain: string;
  /** Facebook's code, sealed; null before it has come. */
  sealed_code: string | null;
  /** Of the code that the log-in's window shows. */
  confirmation_hash: string | null;
  /** How many confirmation codes were tried. */
  tries: number;
}

/** Which accounts a person connected, by the id that Meta gives the person in this app. */
export interface MetaUsersTable {
  user_id: string;
  ig_user_id: string;
}

/** Deletions that Meta asked for and that were done. */
export interface DeletionRequestsTable {
  /** SHA-256, base64url, of the confirmation code. */
  code_hash: string;
  /** ISO 8601, UTC. */
  done_at: string;
  /** How many accounts' data was deleted. */
  accounts: number;
  /** How many accounts' data stayed, since somebody else connected them, too. */
  shared: number;
}

export interface LedgerSchema {
  pending_log_ins: PendingLoginsTable;
  meta_users: MetaUsersTable;
  deletion_requests: DeletionRequestsTable;
  ticket_resources: TicketResourcesTable;
  comment_authors: CommentAuthorsTable;
  connected_accounts: ConnectedAccountsTable;
  connection_names: ConnectionNamesTable;
  write_probe: WriteProbeTable;
  channelbacks: ChannelbacksTable;
  permalinks: PermalinksTable;
  likes: LikesTable;
  like_attempts: LikeAttemptsTable;
}
