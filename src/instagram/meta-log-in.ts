import { Inject, Injectable } from '@nestjs/common';
import type { Deadline } from '../common/deadline.js';
import { isJsonObject } from '../common/json-object.js';
import { COMMENT_SCOPE, LIKE_SCOPE } from '../common/like-target.js';
import { Secret } from '../common/secret.js';
import { Configuration } from '../config/index.js';
import { GraphApi, unusable } from './graph-api.js';
import { toId, toPage, toUsername } from './graph-objects.js';

/** The permissions that the service has a use for (Instagram Platform, "Permissions"). */
export const WANTED_SCOPES = [
  'instagram_basic',
  'pages_show_list',
  'pages_read_engagement',
  'pages_read_user_content',
  COMMENT_SCOPE,
  LIKE_SCOPE,
] as const;

/** Pages of one person that are looked at; an agency may have some hundred. */
const PAGES_MAX = 500;
const PAGES_IN_ANSWER = 100;
/** Meta promises no length; tokens seen have up to 300 characters. */
const TOKEN = /^[\x21-\x7e]{1,3000}$/;
const SCOPE = /^[a-z0-9_]{1,64}$/;
/** The end of the year 2099, in seconds since 1970: what an account can hold. */
const EXPIRES_AT_MAX = 4_102_444_799;
/** A page's name, as shown to choose from, in characters. */
const PAGE_NAME_MAX_CHARS = 75;

/** What Meta tells of a token (Facebook Login, "Debugging access tokens"). */
export interface TokenFacts {
  readonly isValid: boolean;
  /** The Meta app that the token belongs to. */
  readonly appId: string | undefined;
  /** `USER`, `PAGE`, `SYSTEM_USER` and others. */
  readonly type: string;
  /** The person behind it, by an id that only this app sees. */
  readonly userId: string | undefined;
  /** The Page that a Page's token is of. */
  readonly profileId: string | undefined;
  readonly scopes: readonly string[];
  /** Where a permission counts for some accounts or Pages alone: their ids. */
  readonly targetsOf: ReadonlyMap<string, readonly string[]>;
  /** Seconds since 1970; 0 where it has no end. */
  readonly expiresAt: number;
  /** As `expiresAt`, of the person's data. */
  readonly dataAccessExpiresAt: number;
}

/** An Instagram professional account and the Page that it is linked to. */
export interface LinkedAccount {
  readonly igUserId: string;
  readonly username: string;
  readonly pageId: string;
  readonly pageName: string;
  readonly pageToken: Secret | undefined;
}

/** The Meta app that logs people in. */
interface MetaApp {
  readonly id: string;
  readonly secret: Secret;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Facebook Login: from a code to the accounts that a person may connect. Methods throw `InstagramError`, as `GraphApi.call`. */
@Injectable()
export class MetaLogIn {
  constructor(
    @Inject(GraphApi) private readonly graph: GraphApi,
    @Inject(Configuration) private readonly configuration: Configuration,
  ) {}

  /** The app's id; undefined where no app is set, and so nobody can log in. */
  get appId(): string | undefined {
    return this.app?.id;
  }

  /** Where a person logs in (Facebook Login, "Manually build a login flow"). */
  dialogUrl(redirectUri: string, state: string): URL {
    const { facebookDialogUrl, instagramGraphVersion, metaLoginConfigId } = this.configuration;
    const url = new URL(`${facebookDialogUrl}/${instagramGraphVersion}/dialog/oauth`);
    url.search = new URLSearchParams({
      client_id: this.app?.id ?? '',
      redirect_uri: redirectUri,
      response_type: 'code',
      state,
      // What was refused before is asked again.
      auth_type: 'rerequest',
      ...(metaLoginConfigId === undefined
        ? { scope: WANTED_SCOPES.join(',') }
        : { config_id: metaLoginConfigId }),
    }).toString();
    return url;
  }

  /** The code of a log-in as a token of some 60 days. */
  async tokenOfCode(code: Secret, redirectUri: string, deadline: Deadline): Promise<Secret> {
    const app = this.requireApp();
    const shortLived = await this.askForToken(
      { ...credentialsOf(app), redirect_uri: redirectUri, code: code.reveal() },
      deadline,
    );
    return this.longLived(shortLived, deadline);
  }

  /** A token of some 60 days in place of one of hours. */
  async longLived(token: Secret, deadline: Deadline): Promise<Secret> {
    return this.askForToken(
      {
        ...credentialsOf(this.requireApp()),
        grant_type: 'fb_exchange_token',
        fb_exchange_token: token.reveal(),
      },
      deadline,
    );
  }

  /** What Meta knows of a token. `GET /debug_token`. Asked by the app or, without one, by the token itself. */
  async inspect(token: Secret, deadline: Deadline): Promise<TokenFacts> {
    const { app } = this;
    const asker = app === undefined ? token : new Secret(`${app.id}|${app.secret.reveal()}`);
    const { data } = await this.graph.call(
      {
        method: 'GET',
        path: '/debug_token',
        parameters: { input_token: token.reveal() },
        subject: 'log_in',
      },
      asker,
      deadline,
    );
    if (!isJsonObject(data)) throw unusable(200);
    return toTokenFacts(data);
  }

  /** The Instagram professional accounts of a person's Pages, or of the one Page that the token is of. `GET /{user-id}/accounts`. */
  async listAccounts(
    token: Secret,
    { type, userId, profileId }: TokenFacts,
    deadline: Deadline,
  ): Promise<LinkedAccount[]> {
    const fields = 'id,name,access_token,instagram_business_account{id,username}';
    if (type === 'PAGE') {
      const json = await this.graph.call(
        { method: 'GET', path: `/${profileId ?? 'me'}`, parameters: { fields }, subject: 'log_in' },
        token,
        deadline,
      );
      const account = toLinkedAccount(json);
      return account === undefined ? [] : [{ ...account, pageToken: token }];
    }
    const accounts: LinkedAccount[] = [];
    let after: string | undefined;
    for (let seen = 0; seen < PAGES_MAX; seen += PAGES_IN_ANSWER) {
      const json = await this.graph.call(
        {
          method: 'GET',
          path: `/${userId ?? 'me'}/accounts`,
          parameters: {
            fields,
            limit: String(PAGES_IN_ANSWER),
            ...(after === undefined ? {} : { after }),
          },
          subject: 'log_in',
        },
        token,
        deadline,
      );
      if (!Array.isArray(json.data)) throw unusable(200);
      const page = toPage(json, toLinkedAccount);
      accounts.push(...page.items);
      after = page.after;
      if (after === undefined) break;
    }
    // One that several Pages lead to is one account.
    return [...new Map(accounts.map((account) => [account.igUserId, account])).values()];
  }

  private async askForToken(
    form: Readonly<Record<string, string>>,
    deadline: Deadline,
  ): Promise<Secret> {
    const { access_token: token } = await this.graph.askForToken(form, deadline);
    if (typeof token !== 'string' || !TOKEN.test(token)) throw unusable(200);
    return new Secret(token);
  }

  private get app(): MetaApp | undefined {
    const { metaAppId: id, metaAppSecret: secret } = this.configuration;
    return id === undefined || secret === undefined ? undefined : { id, secret };
  }

  private requireApp(): MetaApp {
    if (this.app === undefined) throw new Error('there is no Meta app to log in with');
    return this.app;
  }
}

function credentialsOf({ id, secret }: MetaApp): { client_id: string; client_secret: string } {
  return { client_id: id, client_secret: secret.reveal() };
}

function toTokenFacts(data: JsonObject): TokenFacts {
  const granular: unknown[] = Array.isArray(data.granular_scopes) ? data.granular_scopes : [];
  return {
    isValid: data.is_valid === true,
    appId: toId(data.app_id),
    type: typeof data.type === 'string' ? data.type : 'USER',
    userId: toId(data.user_id),
    profileId: toId(data.profile_id),
    scopes: scopesOf(data.scopes),
    targetsOf: new Map(
      granular
        .filter(isJsonObject)
        .filter(({ scope, target_ids: ids }) => typeof scope === 'string' && Array.isArray(ids))
        .map(({ scope, target_ids: ids }) => [scope as string, (ids as unknown[]).map(toTarget)]),
    ),
    expiresAt: seconds(data.expires_at),
    dataAccessExpiresAt: seconds(data.data_access_expires_at),
  };
}

function scopesOf(value: unknown): string[] {
  const scopes: unknown[] = Array.isArray(value) ? value : [];
  return scopes.filter((scope) => typeof scope === 'string' && SCOPE.test(scope)) as string[];
}

/** An id as it would be compared. One that is none stays, as what no account is: without it, the permission would count for all. */
function toTarget(id: unknown): string {
  return toId(Number.isSafeInteger(id) ? String(id) : id) ?? '';
}

/** Whatever lies beyond what an account can hold is as far away as it can. */
function seconds(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0
    ? Math.min(value as number, EXPIRES_AT_MAX)
    : 0;
}

/** A Page with an Instagram professional account; undefined for a Page without one. */
function toLinkedAccount(json: unknown): LinkedAccount | undefined {
  if (!isJsonObject(json) || !isJsonObject(json.instagram_business_account)) return undefined;
  const pageId = toId(json.id);
  const igUserId = toId(json.instagram_business_account.id);
  const { username } = json.instagram_business_account;
  const { name, access_token: token } = json;
  if (pageId === undefined || igUserId === undefined) return undefined;
  return {
    igUserId,
    username: toUsername(username) ?? igUserId,
    pageId,
    pageName: typeof name === 'string' ? name.slice(0, PAGE_NAME_MAX_CHARS) : pageId,
    pageToken: typeof token === 'string' && TOKEN.test(token) ? new Secret(token) : undefined,
  };
}
