import type { Secret } from './secret.js';

/** Meta's two login products. Their tokens, hosts and features differ; only one has likes. */
export const DIALECTS = ['facebook_login', 'instagram_login'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** One ticket for a post with its comments, or one for each comment with its replies. */
export const THREADS = ['media', 'comment'] as const;
export type Threads = (typeof THREADS)[number];

/** A connected Instagram account, opened from the metadata that Zendesk stores. */
export interface Account {
  readonly dialect: Dialect;
  /** The Instagram professional account's id, digits. */
  readonly igUserId: string;
  readonly username: string;
  /** The Facebook Page that the account is linked to, digits. Only messages need it. */
  readonly pageId: string | undefined;
  readonly userToken: Secret;
  readonly pageToken: Secret | undefined;
  /** Permissions that the token was granted when the account was connected. */
  readonly scopes: ReadonlySet<string>;
  /** When the user token expires, Unix time in ms; undefined if it never does. */
  readonly expiresAt: number | undefined;
  /**
   * When Meta stops returning the person's data unless they log in again, Unix time in ms;
   * undefined if unknown. Meta sets it 90 days after the last login, independent of the token's
   * own expiry.
   */
  readonly dataAccessExpiresAt: number | undefined;
  readonly threads: Threads;
  /** When the account was connected, Unix time in ms; undefined if unknown. */
  readonly connectedAt: number | undefined;
  /** How many days of comments before the connection are imported. */
  readonly backfillDays: number;
  /** The Zendesk subdomain at which the account was connected. */
  readonly subdomain: string | undefined;
}

/** The facts about an account that calls to Instagram need. */
export type InstagramActor = Pick<
  Account,
  'igUserId' | 'dialect' | 'pageId' | 'userToken' | 'pageToken' | 'scopes' | 'expiresAt'
>;
