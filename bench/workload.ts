import { createHash } from 'node:crypto';
import { Clock } from '../src/common/clock.js';
import { CredentialsService } from '../src/credentials/credentials.service.js';
import { Secret } from '../src/domain/secret.js';

/** The key that seals the accounts, as `CREDENTIALS_KEYS` names it. */
export const BENCH_KEY = createHash('sha256').update('bench').digest('base64url');
export const CREDENTIALS_KEYS = `bench:${BENCH_KEY}`;
/** A secret of the length that Meta gives an app. */
export const APP_SECRET = createHash('md5').update('bench').digest('hex');
/** The usual length of a long-lived token. */
const TOKEN_CHARS = 191;

/** Accounts times hearts of a workload. */
export interface WorkloadSize {
  readonly accounts: number;
  readonly hearts: number;
}

/** One call: the body of `POST /like` as Zendesk sends it. */
export type Body = string;

/**
 * The bodies of likes for each account and heart, mixed: two calls of one heart never follow each
 * other closely, and the calls of one account are spread out.
 */
export async function buildLikes({ accounts, hearts }: WorkloadSize): Promise<Body[]> {
  const credentials = new CredentialsService(
    {
      credentialsKeys: [{ kid: 'bench', key: new Secret(BENCH_KEY) }],
      credentialsPlaintext: false,
      credentialsNotBefore: undefined,
      openedAccountsMax: accounts,
    },
    new Clock(),
  );
  const sealed: string[] = [];
  for (let index = 0; index < accounts; index += 1) {
    sealed.push(await credentials.seal(buildAccount(index)));
  }
  const bodies: Body[] = [];
  for (let heart = 0; heart < hearts; heart += 1) {
    for (const [index, metadata] of sealed.entries()) {
      const mediaId = `1789${String(index).padStart(7, '0')}${String(heart).padStart(6, '0')}`;
      bodies.push(
        new URLSearchParams({
          instance_metadata: metadata,
          client_data: JSON.stringify({ media_id: mediaId, liked: 'true' }),
        }).toString(),
      );
    }
  }
  return bodies;
}

function buildAccount(index: number): object {
  const token = (kind: string): string =>
    createHash('sha512')
      .update(`${kind}${String(index)}`)
      .digest('hex')
      .padEnd(TOKEN_CHARS, 'A');
  return {
    dialect: 'facebook_login',
    ig_user_id: `178414${String(index).padStart(11, '0')}`,
    username: `account_${String(index)}`,
    page_id: `1009${String(index).padStart(11, '0')}`,
    user_token: token('user').slice(0, TOKEN_CHARS),
    page_token: token('page').slice(0, TOKEN_CHARS),
    scopes: ['instagram_basic', 'instagram_manage_comments', 'instagram_manage_engagement'],
    subdomain: 'omniwear',
  };
}
