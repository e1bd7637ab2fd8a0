import { Injectable } from '@nestjs/common';
import type { Deadline } from '../common/deadline.js';
import { isJsonObject } from '../common/json-object.js';
import { COMMENT_SCOPE, LIKE_SCOPE } from '../domain/capabilities.js';
import { isToken } from '../domain/formats.js';
import { Secret } from '../domain/secret.js';
import { Configuration } from '../config/index.js';
import { GraphApi, unusable } from './graph-api.js';
import { InstagramError } from './instagram-error.js';
import { type LinkedAccountList, LinkedAccounts } from './linked-accounts.js';
import { type TokenFacts, toTokenFacts } from './token-facts.js';

/** The permissions that every account needs (Instagram Platform, "Permissions"). */
export const WANTED_SCOPES = [
  'instagram_basic',
  'pages_show_list',
  'pages_read_engagement',
  'pages_read_user_content',
  COMMENT_SCOPE,
  LIKE_SCOPE,
] as const;

/** The Meta app that logs people in. */
interface MetaApp {
  readonly id: string;
  readonly secret: Secret;
}

/** Facebook Login: from a code to the accounts that a person may connect. Methods throw `InstagramError`, as `GraphApi.call`. */
@Injectable()
export class MetaLogin {
  constructor(
    private readonly graph: GraphApi,
    private readonly accounts: LinkedAccounts,
    private readonly configuration: Configuration,
  ) {}

  /** The app's id; undefined where no app is set, and so nobody can log in. */
  get appId(): string | undefined {
    return this.app?.id;
  }

  /** The permissions that a login asks for. */
  get wantedScopes(): readonly string[] {
    return [...new Set([...WANTED_SCOPES, ...this.configuration.metaExtraScopes])];
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
        ? { scope: this.wantedScopes.join(',') }
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

  /**
   * As `inspect`, of a token that may belong to another app: Meta tells another app's token to
   * nobody but that token itself.
   */
  async inspectAny(token: Secret, deadline: Deadline): Promise<TokenFacts> {
    try {
      return await this.inspect(token, deadline);
    } catch (error) {
      if (!(error instanceof InstagramError) || error.effect !== 'none') throw error;
      return this.inspectAs(token, token, deadline);
    }
  }

  /** What Meta knows of a token. `GET /debug_token`. Asked by the app or, without one, by the token itself. */
  async inspect(token: Secret, deadline: Deadline): Promise<TokenFacts> {
    const { app } = this;
    const asker = app === undefined ? token : new Secret(`${app.id}|${app.secret.reveal()}`);
    return this.inspectAs(asker, token, deadline);
  }

  private async inspectAs(asker: Secret, token: Secret, deadline: Deadline): Promise<TokenFacts> {
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

  /** The Instagram accounts that a token may act for. */
  listAccounts(token: Secret, facts: TokenFacts, deadline: Deadline): Promise<LinkedAccountList> {
    return this.accounts.list(token, facts, deadline);
  }

  private async askForToken(
    form: Readonly<Record<string, string>>,
    deadline: Deadline,
  ): Promise<Secret> {
    const { access_token: token } = await this.graph.askForToken(form, deadline);
    if (!isToken(token)) throw unusable(200);
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
