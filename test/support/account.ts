import { Clock } from '../../src/common/clock.js';
import { loadConfiguration } from '../../src/config/index.js';
import { CredentialsService } from '../../src/credentials/credentials.service.js';
import type { Account } from '../../src/domain/account.js';
import { Secret } from '../../src/domain/secret.js';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import { TEST_KEY } from './keys.js';

/** An opened account that can comment, with other fields where they are given. */
export function anAccount(fields: Partial<Account> = {}): Account {
  return {
    dialect: 'facebook_login',
    igUserId: OMNIWEAR.igUserId,
    username: OMNIWEAR.username,
    pageId: undefined,
    userToken: new Secret('token'),
    pageToken: undefined,
    scopes: new Set(['instagram_manage_comments']),
    expiresAt: undefined,
    dataAccessExpiresAt: undefined,
    threads: 'media',
    connectedAt: undefined,
    backfillDays: 7,
    subdomain: OMNIWEAR.username,
    ...fields,
  };
}

/** Omniwear's metadata, sealed with the tests' key. */
export function sealOmniwear(): Promise<string> {
  return sealAccount(OMNIWEAR_ACCOUNT);
}

/** An account's metadata, sealed with the tests' key. */
export function sealAccount(account: object): Promise<string> {
  const configuration = loadConfiguration({
    PUBLIC_URL: 'https://channel.example',
    CREDENTIALS_KEYS: TEST_KEY,
    DATABASE_URL: 'sqlite::memory:',
  });
  return new CredentialsService(configuration, new Clock()).seal(account);
}
