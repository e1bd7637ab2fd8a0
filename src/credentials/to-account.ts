import { toMilliseconds } from '../domain/formats.js';
import { Secret } from '../domain/secret.js';
import type { AccountFields } from './account.dto.js';
import type { Account, Threads } from '../domain/account.js';

/** The default for accounts without `backfill_days`. */
export const BACKFILL_DAYS = 7;

/** The default for accounts without `threads`. */
export const THREADS_BY_DEFAULT: Threads = 'comment';

/** Converts the sealed fields of an account. */
export function toAccount(fields: AccountFields): Account {
  return Object.freeze<Account>({
    dialect: fields.dialect,
    igUserId: fields.ig_user_id,
    username: fields.username,
    pageId: fields.page_id,
    userToken: new Secret(fields.user_token),
    pageToken: fields.page_token === undefined ? undefined : new Secret(fields.page_token),
    scopes: new Set(fields.scopes),
    expiresAt: toMilliseconds(fields.expires_at),
    dataAccessExpiresAt: toMilliseconds(fields.data_access_expires_at),
    connectedAt: toMilliseconds(fields.connected_at),
    threads: fields.threads ?? THREADS_BY_DEFAULT,
    backfillDays: fields.backfill_days ?? BACKFILL_DAYS,
    subdomain: fields.subdomain,
  });
}
