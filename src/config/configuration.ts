import type { Secret } from '../domain/secret.js';

/** One key of `CREDENTIALS_KEYS`. */
export interface CredentialsKey {
  /** Key id; stands readable in every seal made with the key. */
  readonly kid: string;
  /** 32 bytes, base64url. */
  readonly key: Secret;
}

/** Where the ledger is: in a SQLite file of this process alone, or in a PostgreSQL database that several share. */
export type DatabaseSettings =
  /** `file` may be `:memory:`. */
  | { readonly engine: 'sqlite'; readonly file: string }
  /** `url` has no parameters. `tls` is verified against the system's authorities, or `ca` (PEM) in their place. */
  | {
      readonly engine: 'postgres';
      readonly url: Secret;
      readonly tls: { readonly ca: string | undefined } | undefined;
    };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What agents do to other people's comments; each can be switched off. */
export const COMMENT_ACTIONS = ['hide', 'delete', 'private_reply'] as const;
export type CommentAction = (typeof COMMENT_ACTIONS)[number];

/**
 * What the service was started with. Made once by `loadConfiguration`, frozen, and injected by this class
 * wherever it is needed; nothing else in `src` reads the environment.
 */
export abstract class Configuration {
  /** `PORT`: where the service listens. 0 takes a free one. */
  abstract readonly port: number;
  /** `HOST`: the address it listens on. */
  abstract readonly host: string;
  /** `PUBLIC_URL`: the https origin at which Zendesk reaches the service, without a trailing slash. */
  abstract readonly publicUrl: string;
  /** `TLS_CERT_FILE`, `TLS_KEY_FILE`: set when the service itself speaks TLS, without a proxy before it. */
  abstract readonly tls: { readonly cert: string; readonly key: Secret } | undefined;
  /** `CREDENTIALS_KEYS`: the first seals, all open. */
  abstract readonly credentialsKeys: readonly CredentialsKey[];
  /**
   * `CREDENTIALS_PLAINTEXT`: whether plain JSON is accepted as metadata. Only with a loopback Graph
   * URL.
   */
  abstract readonly credentialsPlaintext: boolean;
  /**
   * `CREDENTIALS_NOT_BEFORE`: account seals from before do not open; in milliseconds since 1970.
   */
  abstract readonly credentialsNotBefore: number | undefined;
  /** `DATABASE_URL`: where the ledger is. */
  abstract readonly database: DatabaseSettings;
  /** `INSTAGRAM_GRAPH_URL`: base of the Graph API, without a trailing slash. */
  abstract readonly instagramGraphUrl: string;
  /** `INSTAGRAM_GRAPH_VERSION`: `v26.0` and the like. */
  abstract readonly instagramGraphVersion: string;
  /** `INSTAGRAM_MAX_CONNECTIONS`: connections to the Graph API at once; calls beyond it queue. */
  abstract readonly instagramMaxConnections: number;
  /** `META_APP_ID`: the Meta app that the accounts' tokens belong to. */
  abstract readonly metaAppId: string | undefined;
  /** `META_APP_SECRET`: when set, each call to Meta carries an `appsecret_proof`. */
  abstract readonly metaAppSecret: Secret | undefined;
  /** `META_LOGIN_CONFIG_ID`: the configuration of Facebook Login for Business that stands for the list of permissions. */
  abstract readonly metaLoginConfigId: string | undefined;
  /** `META_EXTRA_SCOPES`: permissions that a login asks for beside those that every account needs. */
  abstract readonly metaExtraScopes: readonly string[];
  /** `FACEBOOK_DIALOG_URL`: where Facebook's log-in dialog is, without a trailing slash. */
  abstract readonly facebookDialogUrl: string;
  /** `ZENDESK_LOOPBACK_ORIGIN`: the origin of a Zendesk on this machine itself. For the sandbox alone. */
  abstract readonly zendeskLoopbackOrigin: string | undefined;
  /** `ALLOWED_ACTIONS`: what agents may do to comments, besides reading, liking and answering them. */
  abstract readonly allowedActions: ReadonlySet<CommentAction>;
  /** `PROXY_DEADLINE_MS`: the time that one proxied call may take, in milliseconds. */
  abstract readonly proxyDeadlineMs: number;
  /** `PULL_BUDGET_MS`: how long one pull works before it answers with what it has, in milliseconds. */
  abstract readonly pullBudgetMs: number;
  /** `TRUST_PROXY`: `false`, a number of hops, or the proxies' addresses. */
  abstract readonly trustProxy: false | number | string[];
  /** `DOCS`: whether Swagger UI is served at /docs. */
  abstract readonly docs: boolean;
  /** `LOG_LEVEL`. */
  abstract readonly logLevel: LogLevel;
}
