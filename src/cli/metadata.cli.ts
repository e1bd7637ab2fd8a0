import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { Clock } from '../common/clock.js';
import { ServiceError } from '../common/errors/service-error.js';
import { isJsonObject } from '../common/json-object.js';
import { loadCredentialsKeys, OPENED_ACCOUNTS_MAX, StartupError } from '../config/index.js';
import { LIKE_SCOPE } from '../domain/capabilities.js';
import type { Account } from '../domain/account.js';
import { CredentialsService, SealingError } from '../credentials/credentials.service.js';
import { describeKeyUsage } from './describe-key-usage.js';

const USAGE = `Usage: npm run --silent metadata -- <command>

  keygen           prints a new key for CREDENTIALS_KEYS
  seal             reads an account as JSON from standard input, prints the sealed metadata
  open [--reveal]  reads sealed metadata from standard input, prints the account as JSON;
                   tokens are left out unless --reveal is given
  keys             prints what each configured key does and how to retire one; given the service's
                   log on standard input, also which accounts are still on which key, and how old
                   the oldest seal is

seal, open and keys read the keys from CREDENTIALS_KEYS (or CREDENTIALS_KEYS_FILE). The account:

  { "dialect": "facebook_login", "ig_user_id": "17841405309211844", "username": "omniwear",
    "page_id": "…", "user_token": "…", "page_token": "…", "expires_at": "2027-01-20T00:00:00Z",
    "scopes": ["instagram_basic", "instagram_manage_engagement"], "subdomain": "omniwear" }
`;

/** The arguments or standard input cannot be used. */
class InputError extends Error {}

async function run(): Promise<string> {
  const { command, reveal } = readArguments();
  switch (command) {
    case 'keygen':
      return `k${randomBytes(3).toString('hex')}:${randomBytes(32).toString('base64url')}`;
    case 'seal':
      return sealWithWarnings(parseObject(await text(process.stdin)));
    case 'open':
      return print(await createCredentials().open((await text(process.stdin)).trim()), reveal);
    case 'keys':
      return describeKeyUsage(
        loadCredentialsKeys(),
        process.stdin.isTTY ? '' : await text(process.stdin),
      );
    default:
      throw new InputError(USAGE);
  }
}

function readArguments(): { command: string | undefined; reveal: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        reveal: { type: 'boolean', default: false },
      },
    });
    const [command, ...others] = values.help ? [] : positionals;
    if (others.length === 0 && (command === 'open' || !values.reveal)) {
      return { command, reveal: values.reveal };
    }
  } catch {
    // The usage below explains more than the parser's message.
  }
  throw new InputError(`The command or its options are unknown.\n\n${USAGE}`);
}

/** Seals the account. Prints on standard error why it cannot like, where that is known. */
async function sealWithWarnings(input: object): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const sealed = await createCredentials().seal({ connected_at: now, ...input });
  const account = await createCredentials().open(sealed);
  if (account.dialect !== 'facebook_login') {
    console.error('Warning: the account cannot like. Meta offers likes for Facebook Login only.');
  } else if (!account.scopes.has(LIKE_SCOPE)) {
    console.error(`Warning: the account cannot like. Its scopes lack ${LIKE_SCOPE}.`);
  }
  if (account.expiresAt !== undefined && account.expiresAt <= Date.now()) {
    console.error('Warning: the account can do nothing. Its expires_at has passed.');
  }
  return sealed;
}

function createCredentials(): CredentialsService {
  return new CredentialsService(
    {
      credentialsKeys: loadCredentialsKeys(),
      credentialsPlaintext: false,
      // The command also reads seals that the service no longer opens.
      credentialsNotBefore: undefined,
      openedAccountsMax: OPENED_ACCOUNTS_MAX,
    },
    new Clock(),
  );
}

function parseObject(input: string): object {
  let json: unknown;
  try {
    json = JSON.parse(input);
  } catch {
    // The parser's own message quotes the input, which may be a token.
    throw new InputError('Standard input is not JSON.');
  }
  if (!isJsonObject(json)) throw new InputError('Standard input is not a JSON object.');
  return json;
}

function toDate(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}

function print(account: Account, reveal: boolean): string {
  const token = (secret: Account['pageToken']): string | undefined =>
    reveal ? secret?.reveal() : secret?.toString();
  return JSON.stringify(
    {
      dialect: account.dialect,
      ig_user_id: account.igUserId,
      username: account.username,
      page_id: account.pageId,
      user_token: token(account.userToken),
      page_token: token(account.pageToken),
      scopes: [...account.scopes],
      expires_at: toDate(account.expiresAt),
      data_access_expires_at: toDate(account.dataAccessExpiresAt),
      connected_at: toDate(account.connectedAt),
      threads: account.threads,
      backfill_days: account.backfillDays,
      subdomain: account.subdomain,
    },
    undefined,
    2,
  );
}

try {
  console.log(await run());
} catch (error) {
  const known =
    error instanceof InputError || error instanceof SealingError || error instanceof StartupError;
  if (known || error instanceof ServiceError) {
    const faults = error instanceof ServiceError ? error.log.faults : undefined;
    console.error(faults === undefined ? error.message : `${error.message}\n${faults}`);
  } else {
    console.error('The command failed unexpectedly.');
  }
  process.exitCode = 1;
}
