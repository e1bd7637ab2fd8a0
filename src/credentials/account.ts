import type { Secret } from '../common/secret.js';

/** Meta's two log-in products. Their tokens, hosts and abilities differ; only Facebook Login has likes. */
export const DIALECTS = ['facebook_login', 'instagram_login'] as const;
export type Dialect = (typeof DIALECTS)[number];

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
  /** The Zendesk subdomain at which the account was connected. */
  readonly subdomain: string | undefined;
}
