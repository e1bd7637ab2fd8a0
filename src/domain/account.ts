import type { Secret } from './secret.js';

/** Meta's two log-in products. Their tokens, hosts and abilities differ; only Facebook Login has likes. */
export const DIALECTS = ['facebook_login', 'instagram_login'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** Whether comments of one post share a ticket, or each comment with its replies is a ticket of its own. */
export const THREADS = ['media', 'comment'] as const;
export type Threads = (typeof THREADS)[number];

/** A connected Instagram account, as opened from the metadata that Zendesk keeps. */
export interface Account {
  readonly dialect: Dialect;
  /** The Instagram professional account's id, digits. */
  readonly igUserId: string;
  readonly username: string;
  /** The Facebook Page that the account is linked to, digits. */
  readonly pageId: string | undefined;
  readonly userToken: Secret;
  readonly pageToken: Secret | undefined;
  /** Permissions that the token was granted when the account was connected. */
  readonly scopes: ReadonlySet<string>;
  /** When the user token ends, in milliseconds since 1970; undefined where it has no end. */
  readonly expiresAt: number | undefined;
  /**
   * When Meta stops giving the person's data unless they log in again, in milliseconds since 1970; undefined where that is
   * not known. Meta sets it 90 days after the last log-in, whatever the token's own end.
   */
  readonly dataAccessExpiresAt: number | undefined;
  readonly threads: Threads;
  /** When the account was connected, in milliseconds since 1970; undefined where that was not noted. */
  readonly connectedAt: number | undefined;
  /** How many days before the account was connected its first comments are taken from. */
  readonly backfillDays: number;
  /** The Zendesk subdomain at which the account was connected. */
  readonly subdomain: string | undefined;
}
