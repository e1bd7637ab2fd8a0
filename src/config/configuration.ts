import type { DoubtfulSetting } from './doubtful-settings.js';
import type { HandleLimits } from './handle-limits.js';
import type { Secret } from '../domain/secret.js';

/** One key of `CREDENTIALS_KEYS`. */
export interface CredentialsKey {
  /** Key id. Each seal made with the key contains it in plain text. */
  readonly kid: string;
  /** 32 bytes, base64url. */
  readonly key: Secret;
}

/** Where the ledger is: a SQLite file of one process, or a PostgreSQL database for several. */
export type DatabaseSettings =
  /** `file` may be `:memory:`. */
  | { readonly engine: 'sqlite'; readonly file: string }
  /**
   * `url` has no parameters. The server's certificate is checked against `ca` (PEM), or by default
   * against the system's authorities.
   */
  | {
      readonly engine: 'postgres';
      readonly url: Secret;
      readonly tls: { readonly ca: string | undefined } | undefined;
    };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Actions of agents on other people's comments. Each can be switched off. */
export const COMMENT_ACTIONS = ['hide', 'delete', 'private_reply'] as const;
export type CommentAction = (typeof COMMENT_ACTIONS)[number];

/**
 * All settings, frozen. Only `loadConfiguration` creates it from the environment. Providers inject
 * it by this class.
 */
export abstract class Configuration {
  /** `PORT`: where the service listens. 0 picks a free one. */
  abstract readonly port: number;
  /** `HOST`: the address it listens on. */
  abstract readonly host: string;
  /** `PUBLIC_URL`: the https origin at which Zendesk reaches the service. No trailing slash. */
  abstract readonly publicUrl: string;
  /** `TLS_CERT_FILE`, `TLS_KEY_FILE`: set if the service itself speaks TLS, without a proxy. */
  abstract readonly tls: { readonly cert: string; readonly key: Secret } | undefined;
  /** `CREDENTIALS_KEYS`: the first one seals, and all open. */
  abstract readonly credentialsKeys: readonly CredentialsKey[];
  /** `CREDENTIALS_PLAINTEXT`: whether metadata may be plain JSON. Needs a loopback Graph URL. */
  abstract readonly credentialsPlaintext: boolean;
  /** `CREDENTIALS_NOT_BEFORE`: earlier account seals do not open. Milliseconds since 1970. */
  abstract readonly credentialsNotBefore: number | undefined;
  /** `DATABASE_URL`: where the ledger is. */
  abstract readonly database: DatabaseSettings;
  /** `INSTAGRAM_GRAPH_URL`: base of the Graph API, without a trailing slash. */
  abstract readonly instagramGraphUrl: string;
  /** `INSTAGRAM_GRAPH_VERSION`: such as `v26.0`. */
  abstract readonly instagramGraphVersion: string;
  /** `OPENED_ACCOUNTS_MAX`: accounts whose opened metadata stays in memory. */
  abstract readonly openedAccountsMax: number;
  /** `INSTAGRAM_MAX_CONNECTIONS`: connections to the Graph API at once; calls beyond it queue. */
  abstract readonly instagramMaxConnections: number;
  /** Settings that are accepted and still look wrong. */
  abstract readonly doubtfulSettings: readonly DoubtfulSetting[];
  /** How the process's open files are divided. Lowers `instagramMaxConnections` if necessary. */
  abstract readonly handles: HandleLimits;
  /** `META_APP_ID`: the Meta app of the accounts' tokens. */
  abstract readonly metaAppId: string | undefined;
  /** `META_APP_SECRET`: if set, each call to Meta carries an `appsecret_proof`. */
  abstract readonly metaAppSecret: Secret | undefined;
  /** `META_LOGIN_CONFIG_ID`: replaces the list of permissions in Facebook Login for Business. */
  abstract readonly metaLoginConfigId: string | undefined;
  /** `META_EXTRA_SCOPES`: permissions a login requests besides those that every account needs. */
  abstract readonly metaExtraScopes: readonly string[];
  /** `FACEBOOK_DIALOG_URL`: where Facebook's login dialog is, without a trailing slash. */
  abstract readonly facebookDialogUrl: string;
  /** `ZENDESK_LOOPBACK_ORIGIN`: the origin of the sandbox's Zendesk on this machine. */
  abstract readonly zendeskLoopbackOrigin: string | undefined;
  /** `ALLOWED_ACTIONS`: actions on comments in addition to reading, liking and answering. */
  abstract readonly allowedActions: ReadonlySet<CommentAction>;
  /** `PROXY_DEADLINE_MS`: the time limit of one proxied call. */
  abstract readonly proxyDeadlineMs: number;
  /** `PULL_BUDGET_MS`: how long one pull collects comments before it answers. */
  abstract readonly pullBudgetMs: number;
  /** `SHUTDOWN_DELAY_MS`: how long the service goes on serving after SIGTERM or SIGINT. */
  abstract readonly shutdownDelayMs: number;
  /** `METRICS_PORT`: where `/metrics` is served; undefined for nowhere. 0 picks a free one. */
  abstract readonly metricsPort: number | undefined;
  /** `METRICS_HOST`: the address of `METRICS_PORT`. */
  abstract readonly metricsHost: string;
  /** `TRUST_PROXY`: `false`, a number of hops, or the proxies' addresses. */
  abstract readonly trustProxy: false | number | string[];
  /** `DOCS`: whether Swagger UI is served at /docs. */
  abstract readonly docs: boolean;
  /** `DOCS_EXAMPLE_METADATA`: the sealed account in Swagger UI's examples, in the sandbox. */
  abstract readonly docsExampleMetadata: string | undefined;
  /** `LOG_LEVEL`. */
  abstract readonly logLevel: LogLevel;
}
