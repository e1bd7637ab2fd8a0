import { LONGEST_DEADLINE_MS } from '../common/late-effect.js';
import { META_ID } from '../domain/formats.js';
import { StartupError } from '../common/errors/startup-error.js';
import { isLoopback } from '../common/loopback.js';
import {
  COMMENT_ACTIONS,
  LOG_LEVELS,
  type Configuration,
  type CredentialsKey,
  type DatabaseSettings,
} from './configuration.js';
import { parseCredentialsKeys } from './credentials-keys.js';
import { databaseUrl } from './database-url.js';
import { findDoubtful } from './doubtful-settings.js';
import { EnvironmentReader, type Environment } from './environment-reader.js';
import { divideHandles } from './handle-limits.js';
import * as parse from './parsers.js';
import { readTls } from './tls-files.js';

/** Accounts with opened metadata: 20 MB at about 2 kB each. */
export const OPENED_ACCOUNTS_MAX = 10_000;
/** A pull's minute at Zendesk, less the time on the network. */
const LONGEST_PULL_MS = 55_000;
/**
 * Load balancers probe every second or every few seconds, and stop sending after one or two failed
 * probes.
 */
const SHUTDOWN_DELAY_MS = 3000;
/** Supervisors kill a process after 30 to 90 seconds, and running calls need time too. */
const LONGEST_SHUTDOWN_DELAY_MS = 60_000;
/** Instagram needs more than a second for some pages. With much less time, no pull would finish. */
const SHORTEST_PULL_MS = 5000;
/**
 * `business_management` lists Pages of a business portfolio (Graph API changelog, v17.0). Meta's
 * two pages on private replies disagree about `pages_messaging`, so it is requested.
 */
const EXTRA_SCOPES: readonly string[] = ['business_management', 'pages_messaging'];
const LOCAL_DATABASE: DatabaseSettings = { engine: 'sqlite', file: 'data/channel.db' };
const KEYGEN_HINT = 'make one with `npm run --silent metadata -- keygen`';

/** Settings after they were read. A required one may be missing or invalid. */
interface ReadSettings extends Omit<
  Configuration,
  'publicUrl' | 'credentialsKeys' | 'handles' | 'doubtfulSettings'
> {
  readonly publicUrl: string | undefined;
  readonly credentialsKeys: readonly CredentialsKey[] | undefined;
}

/**
 * Reads the whole configuration from environment variables.
 *
 * @param handleLimit files and connections that the process may open; undefined if unknown.
 * @throws {StartupError} that lists every error at once and contains no value.
 */
export function loadConfiguration(
  environment: Environment = process.env,
  handleLimit?: number,
): Configuration {
  const env = new EnvironmentReader(environment);
  const values = {
    ...readServer(env),
    ...readMetrics(env),
    ...readCredentials(env),
    database: readDatabase(env),
    ...readInstagram(env),
    ...readMetaLogin(env),
    ...readLimits(env),
  };
  const { publicUrl, credentialsKeys } = values;
  env.errors.push(...checkCombinations(values));
  if (env.errors.length > 0 || publicUrl === undefined || credentialsKeys === undefined) {
    throw new StartupError('The service cannot start. Correct these variables:', env.errors);
  }
  const handles = divideHandles(handleLimit, values.instagramMaxConnections);
  return Object.freeze({
    ...values,
    doubtfulSettings: findDoubtful(env),
    publicUrl,
    credentialsKeys,
    instagramMaxConnections: handles.instagram,
    handles,
  });
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
  const keys = readKeys(env);
  if (keys === undefined) throw new StartupError('Nothing was done. Correct this:', env.errors);
  return keys;
}

/**
 * Reads `DATABASE_URL` alone, for the command line.
 *
 * @throws {StartupError}
 */
export function loadDatabaseSettings(environment: Environment = process.env): DatabaseSettings {
  const env = new EnvironmentReader(environment);
  const database = readDatabase(env);
  if (env.errors.length > 0) throw new StartupError('Nothing was done. Correct this:', env.errors);
  return database;
}

/** How clients and operators reach the service. */
function readServer(
  env: EnvironmentReader,
): Pick<
  ReadSettings,
  'publicUrl' | 'port' | 'host' | 'tls' | 'shutdownDelayMs' | 'trustProxy' | 'docs' | 'logLevel'
> {
  const isProduction = env.optional('NODE_ENV', (text) => text, undefined) === 'production';
  const shutdownDelay = parse.integer(0, LONGEST_SHUTDOWN_DELAY_MS);
  return {
    publicUrl: env.required(
      'PUBLIC_URL',
      parse.httpsOrigin,
      'give the https address at which Zendesk reaches this service',
    ),
    port: env.optional('PORT', parse.integer(0, 65_535), 3000),
    host: env.optional('HOST', parse.host, '127.0.0.1'),
    tls: readTls(env),
    shutdownDelayMs: env.optional('SHUTDOWN_DELAY_MS', shutdownDelay, SHUTDOWN_DELAY_MS),
    trustProxy: env.optional('TRUST_PROXY', parse.trustProxy, false as const),
    docs: env.optional('DOCS', parse.oneOf(['on', 'off']), isProduction ? 'off' : 'on') === 'on',
    logLevel: env.optional('LOG_LEVEL', parse.oneOf(LOG_LEVELS), 'info' as const),
  };
}

function readMetrics(env: EnvironmentReader): Pick<ReadSettings, 'metricsPort' | 'metricsHost'> {
  return {
    metricsPort: env.optional('METRICS_PORT', parse.integer(0, 65_535), undefined),
    metricsHost: env.optional('METRICS_HOST', parse.host, '127.0.0.1'),
  };
}

/** How accounts are sealed and opened. */
function readCredentials(
  env: EnvironmentReader,
): Pick<
  ReadSettings,
  'credentialsKeys' | 'credentialsPlaintext' | 'credentialsNotBefore' | 'openedAccountsMax'
> {
  const opened = parse.integer(100, 1_000_000);
  const plaintext = env.optional('CREDENTIALS_PLAINTEXT', parse.oneOf(['deny', 'allow']), 'deny');
  return {
    credentialsKeys: readKeys(env),
    credentialsPlaintext: plaintext === 'allow',
    credentialsNotBefore: env.optional('CREDENTIALS_NOT_BEFORE', parse.pastMoment, undefined),
    openedAccountsMax: env.optional('OPENED_ACCOUNTS_MAX', opened, OPENED_ACCOUNTS_MAX),
  };
}

function readKeys(env: EnvironmentReader): readonly CredentialsKey[] | undefined {
  return env.requiredSecret('CREDENTIALS_KEYS', parseCredentialsKeys, KEYGEN_HINT);
}

function readDatabase(env: EnvironmentReader): DatabaseSettings {
  return env.optionalSecret('DATABASE_URL', databaseUrl) ?? LOCAL_DATABASE;
}

/** Where the Graph API is and how it is called. */
function readInstagram(
  env: EnvironmentReader,
): Pick<ReadSettings, 'instagramGraphUrl' | 'instagramGraphVersion' | 'instagramMaxConnections'> {
  const version = parse.matching(/^v\d{1,3}\.\d{1,2}$/, 'a version such as v26.0');
  const connections = parse.integer(1, 10_000);
  return {
    instagramGraphUrl: env.optional(
      'INSTAGRAM_GRAPH_URL',
      parse.webBase,
      'https://graph.facebook.com',
    ),
    instagramGraphVersion: env.optional('INSTAGRAM_GRAPH_VERSION', version, 'v26.0'),
    instagramMaxConnections: env.optional('INSTAGRAM_MAX_CONNECTIONS', connections, 1000),
  };
}

/** The Meta app, and the pages that connect an account. */
function readMetaLogin(
  env: EnvironmentReader,
): Pick<
  ReadSettings,
  | 'metaAppId'
  | 'metaAppSecret'
  | 'metaLoginConfigId'
  | 'metaExtraScopes'
  | 'facebookDialogUrl'
  | 'zendeskLoopbackOrigin'
  | 'docsExampleMetadata'
> {
  const id = parse.matching(META_ID, 'a number');
  return {
    metaAppId: env.optional('META_APP_ID', id, undefined),
    metaAppSecret: env.optionalSecret('META_APP_SECRET', parse.headerSecret),
    metaLoginConfigId: env.optional('META_LOGIN_CONFIG_ID', id, undefined),
    metaExtraScopes: env.optional('META_EXTRA_SCOPES', parse.scopes, EXTRA_SCOPES),
    facebookDialogUrl: env.optional(
      'FACEBOOK_DIALOG_URL',
      parse.webBase,
      'https://www.facebook.com',
    ),
    zendeskLoopbackOrigin: env.optional('ZENDESK_LOOPBACK_ORIGIN', parse.loopbackOrigin, undefined),
    docsExampleMetadata: env.optional('DOCS_EXAMPLE_METADATA', parse.seal, undefined),
  };
}

/** The actions of agents, and time limits of calls. */
function readLimits(
  env: EnvironmentReader,
): Pick<ReadSettings, 'allowedActions' | 'proxyDeadlineMs' | 'pullBudgetMs'> {
  const deadline = parse.integer(100, LONGEST_DEADLINE_MS);
  const pullBudget = parse.integer(SHORTEST_PULL_MS, LONGEST_PULL_MS);
  return {
    allowedActions: env.optional(
      'ALLOWED_ACTIONS',
      parse.someOf(COMMENT_ACTIONS),
      new Set(COMMENT_ACTIONS),
    ),
    proxyDeadlineMs: env.optional('PROXY_DEADLINE_MS', deadline, 8000),
    pullBudgetMs: env.optional('PULL_BUDGET_MS', pullBudget, 40_000),
  };
}

/** Rules about several settings. Returns an error for each rule that is broken. */
function checkCombinations(values: ReadSettings): string[] {
  const errors: string[] = [];
  const isSandbox = isLoopback(new URL(values.instagramGraphUrl).hostname);
  if (values.metaLoginConfigId !== undefined && values.metaAppId === undefined) {
    errors.push('META_LOGIN_CONFIG_ID belongs to a Meta app: set META_APP_ID as well');
  }
  if (values.credentialsPlaintext && !isSandbox) {
    errors.push(
      'CREDENTIALS_PLAINTEXT may be allow only where INSTAGRAM_GRAPH_URL is a loopback address',
    );
  }
  const ofSandbox = {
    ZENDESK_LOOPBACK_ORIGIN: values.zendeskLoopbackOrigin,
    DOCS_EXAMPLE_METADATA: values.docsExampleMetadata,
  };
  for (const [name, value] of Object.entries(ofSandbox)) {
    if (value === undefined || isSandbox) continue;
    errors.push(
      `${name} is for the sandbox: it is accepted only where INSTAGRAM_GRAPH_URL is a loopback ` +
        'address',
    );
  }
  return errors;
}
