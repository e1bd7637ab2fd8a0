import { ACCOUNT_VERSION, type AccountFields } from '../../credentials/account.dto.js';
import type { Secret } from '../../domain/secret.js';
import type { LinkedAccount } from '../../instagram/linked-accounts.js';
import type { TokenFacts } from '../../instagram/token-facts.js';
import type { ConnectedSetup, KeptSettings, Setup } from '../setup.js';

/** How many scopes of one token are kept; the bound of the account itself. */
const SCOPES_MAX = 50;
/** A token that ends sooner should be exchanged for one of about 60 days. */
const SHORT_LIVED_MS = 7 * 86_400_000;

/** A login's token and the account that it may act for. */
export interface Grant {
  readonly token: Secret;
  readonly facts: TokenFacts;
  readonly account: LinkedAccount;
}

/** Puts the account of a login into a setup. Earlier settings of the account stay. */
export function connectAccount(
  setup: Setup,
  { token, facts, account: { igUserId, username, pageId, pageToken } }: Grant,
  now: number,
): ConnectedSetup {
  const earlier: Partial<KeptSettings> = setup.account ?? setup.kept ?? {};
  const { threads, backfill_days: backfillDays } = earlier;
  const connectedAt = earlier.ig_user_id === igUserId ? earlier.connected_at : undefined;
  return {
    ...setup,
    token: undefined,
    account: {
      v: ACCOUNT_VERSION,
      dialect: 'facebook_login',
      ig_user_id: igUserId,
      username,
      page_id: pageId,
      user_token: token.reveal(),
      ...(pageToken === undefined ? {} : { page_token: pageToken.reveal() }),
      ...toAccountFacts(facts),
      connected_at: connectedAt ?? Math.floor(now / 1000),
      ...(threads === undefined ? {} : { threads }),
      ...(backfillDays === undefined ? {} : { backfill_days: backfillDays }),
      subdomain: setup.subdomain,
    },
    metaUserId: facts.userId,
  };
}

/** Updates the account of a setup with Meta's newest description of its token. */
export function refreshAccount(setup: ConnectedSetup, facts: TokenFacts): ConnectedSetup {
  if (!facts.isValid || facts.scopes.length === 0) return setup;
  return {
    ...setup,
    account: { ...setup.account, ...toAccountFacts(facts) },
    metaUserId: facts.userId ?? setup.metaUserId,
  };
}

export function toKeptSettings({
  ig_user_id,
  threads,
  backfill_days,
  connected_at,
  subdomain,
}: AccountFields): KeptSettings {
  return {
    ig_user_id,
    ...(threads === undefined ? {} : { threads }),
    ...(backfill_days === undefined ? {} : { backfill_days }),
    ...(connected_at === undefined ? {} : { connected_at }),
    ...(subdomain === undefined ? {} : { subdomain }),
  };
}

/** Whether a token ends within `SHORT_LIVED_MS`; an end of 0 means never. */
export function isShortLived({ expiresAt = 0 }: TokenFacts, now: number): boolean {
  return expiresAt !== 0 && expiresAt * 1000 < now + SHORT_LIVED_MS;
}

function toAccountFacts({
  scopes,
  expiresAt,
  dataAccessExpiresAt,
}: TokenFacts): Pick<AccountFields, 'scopes' | 'expires_at' | 'data_access_expires_at'> {
  return {
    scopes: scopes.slice(0, SCOPES_MAX),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    ...(dataAccessExpiresAt === undefined ? {} : { data_access_expires_at: dataAccessExpiresAt }),
  };
}
