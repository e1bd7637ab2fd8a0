import { createSecureContext } from 'node:tls';
import { META_ID } from '../domain/formats.js';
import { StartupError } from '../common/errors/startup-error.js';
import { isLoopback } from '../common/loopback.js';
import { Secret } from '../domain/secret.js';
import {
  COMMENT_ACTIONS,
  LOG_LEVELS,
  type Configuration,
  type CredentialsKey,
  type DatabaseSettings,
} from './configuration.js';
import { credentialsKeys as parseKeys, includePublishedKey } from './credentials-keys.js';
import { databaseUrl } from './database-url.js';
import { EnvironmentReader, readTextFile, type Environment } from './environment-reader.js';
import * as parse from './parsers.js';

/** Zendesk's own time-out of a proxied call is not documented; its pull is given a minute, so longer makes no sense. */
const LONGEST_DEADLINE_MS = 60_000;
/** Zendesk gives a pull a minute; the rest is for the way there and back. */
const LONGEST_PULL_MS = 55_000;
/** Instagram takes a second and more for some pages; with much less, no pull would come to an end. */
const SHORTEST_PULL_MS = 5000;
/**
 * `business_management` lists Pages of a business portfolio (Graph API changelog, v17.0). Meta's
 * two pages on private replies disagree about `pages_messaging`, so it is asked for.
 */
const EXTRA_SCOPES: readonly string[] = ['business_management', 'pages_messaging'];
const LOCAL_DATABASE: DatabaseSettings = { engine: 'sqlite', file: 'data/channel.db' };
const KEYGEN_HINT = 'make one with `npm run --silent metadata -- keygen`';

/**
 * Reads the whole configuration from environment variables.
 *
 * @throws {StartupError} that lists every fault at once and holds no value.
 */
export function loadConfiguration(environment: Environment = process.env): Configuration {
  const env = new EnvironmentReader(environment);

  const publicUrl = env.required(
    'PUBLIC_URL',
    parse.httpsOrigin,
    'give the https address at which Zendesk reaches this service',
  );
  const credentialsKeys = env.requiredSecret('CREDENTIALS_KEYS', parseKeys, KEYGEN_HINT);
  const instagramGraphUrl = env.optional(
    'INSTAGRAM_GRAPH_URL',
    parse.webBase,
    'https://graph.facebook.com',
  );
  const cert = env.optional('TLS_CERT_FILE', readTextFile, undefined);
  const key = env.optional('TLS_KEY_FILE', (path) => new Secret(readTextFile(path)), undefined);
  const production = environment.NODE_ENV === 'production';

  const values = {
    port: env.optional('PORT', parse.integer(0, 65_535), 3000),
    host: env.optional(
      'HOST',
      parse.matching(/^[\w.:-]+$/, 'a host name or an address'),
      '127.0.0.1',
    ),
    tls: cert !== undefined && key !== undefined ? { cert, key } : undefined,
    credentialsPlaintext:
      env.optional('CREDENTIALS_PLAINTEXT', parse.oneOf(['deny', 'allow']), 'deny') === 'allow',
    credentialsNotBefore: env.optional('CREDENTIALS_NOT_BEFORE', parse.pastMoment, undefined),
    database: env.optionalSecret('DATABASE_URL', databaseUrl) ?? LOCAL_DATABASE,
    instagramGraphUrl,
    instagramGraphVersion: env.optional(
      'INSTAGRAM_GRAPH_VERSION',
      parse.matching(/^v\d{1,3}\.\d{1,2}$/, 'a version such as v26.0'),
      'v26.0',
    ),
    instagramMaxConnections: env.optional(
      'INSTAGRAM_MAX_CONNECTIONS',
      parse.integer(1, 10_000),
      1000,
    ),
    metaAppId: env.optional('META_APP_ID', parse.matching(META_ID, 'a number'), undefined),
    metaAppSecret: env.optionalSecret('META_APP_SECRET', (text) => new Secret(text)),
    metaLoginConfigId: env.optional(
      'META_LOGIN_CONFIG_ID',
      parse.matching(META_ID, 'a number'),
      undefined,
    ),
    metaExtraScopes: env.optional('META_EXTRA_SCOPES', parse.scopes, EXTRA_SCOPES),
    facebookDialogUrl: env.optional(
      'FACEBOOK_DIALOG_URL',
      parse.webBase,
      'https://www.facebook.com',
    ),
    zendeskLoopbackOrigin: env.optional('ZENDESK_LOOPBACK_ORIGIN', parse.loopbackOrigin, undefined),
    allowedActions: env.optional(
      'ALLOWED_ACTIONS',
      parse.someOf(COMMENT_ACTIONS),
      new Set(COMMENT_ACTIONS),
    ),
    proxyDeadlineMs: env.optional(
      'PROXY_DEADLINE_MS',
      parse.integer(100, LONGEST_DEADLINE_MS),
      8000,
    ),
    pullBudgetMs: env.optional(
      'PULL_BUDGET_MS',
      parse.integer(SHORTEST_PULL_MS, LONGEST_PULL_MS),
      40_000,
    ),
    trustProxy: env.optional('TRUST_PROXY', parse.trustProxy, false as const),
    docs: env.optional('DOCS', parse.oneOf(['on', 'off']), production ? 'off' : 'on') === 'on',
    logLevel: env.optional('LOG_LEVEL', parse.oneOf(LOG_LEVELS), 'info' as const),
  };

  if (env.isSet('TLS_CERT_FILE') !== env.isSet('TLS_KEY_FILE')) {
    env.faults.push('TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or neither');
  }
  const tlsFault = values.tls === undefined ? undefined : faultOfTls(values.tls);
  if (tlsFault !== undefined) env.faults.push(tlsFault);
  const isSandbox = isLoopback(new URL(instagramGraphUrl).hostname);
  if (credentialsKeys !== undefined && includePublishedKey(credentialsKeys) && !isSandbox) {
    env.faults.push(
      `CREDENTIALS_KEYS holds the sandbox's key, which is published with the source: ${KEYGEN_HINT}`,
    );
  }
  if (values.metaLoginConfigId !== undefined && values.metaAppId === undefined) {
    env.faults.push('META_LOGIN_CONFIG_ID belongs to a Meta app: set META_APP_ID as well');
  }
  if (values.credentialsPlaintext && !isSandbox) {
    env.faults.push(
      'CREDENTIALS_PLAINTEXT may be allow only where INSTAGRAM_GRAPH_URL is a loopback address',
    );
  }
  if (values.zendeskLoopbackOrigin !== undefined && !isSandbox) {
    env.faults.push(
      'ZENDESK_LOOPBACK_ORIGIN is for the sandbox: it is taken only where INSTAGRAM_GRAPH_URL is a loopback address too',
    );
  }
  if (env.faults.length > 0 || publicUrl === undefined || credentialsKeys === undefined) {
    throw new StartupError('The service cannot start. Correct these variables:', env.faults);
  }
  return Object.freeze({ ...values, publicUrl, credentialsKeys });
}

/**
 * Reads `CREDENTIALS_KEYS` alone, for the command line.
 *
 * @throws {StartupError}
 */
export function loadCredentialsKeys(
  environment: Environment = process.env,
): readonly CredentialsKey[] {
  const env = new EnvironmentReader(environment);
  const keys = env.requiredSecret('CREDENTIALS_KEYS', parseKeys, KEYGEN_HINT);
  if (keys === undefined) throw new StartupError('Nothing was done. Correct this:', env.faults);
  return keys;
}

/**
 * Reads `DATABASE_URL` alone, for the command line.
 *
 * @throws {StartupError}
 */
export function loadDatabaseSettings(environment: Environment = process.env): DatabaseSettings {
  const env = new EnvironmentReader(environment);
  const database = env.optionalSecret('DATABASE_URL', databaseUrl) ?? LOCAL_DATABASE;
  if (env.faults.length > 0) throw new StartupError('Nothing was done. Correct this:', env.faults);
  return database;
}

/** What is wrong with a certificate and its key, by OpenSSL's code alone: its texts may quote the files. */
function faultOfTls({ cert, key }: NonNullable<Configuration['tls']>): string | undefined {
  try {
    createSecureContext({ cert, key: key.reveal() });
    return undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    return `TLS_CERT_FILE and TLS_KEY_FILE must hold a certificate and its own key without a passphrase, both PEM (${code})`;
  }
}
