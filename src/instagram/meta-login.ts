import { Injectable } from '@nestjs/common';
import type { Deadline } from '../common/deadline.js';
import { isJsonObject } from '../common/json-object.js';
import { COMMENT_SCOPE, LIKE_SCOPE } from '../domain/capabilities.js';
import { isToken } from '../domain/formats.js';
import { Secret } from '../domain/secret.js';
import { Configuration } from '../config/index.js';
import { GraphApi, toUnusableAnswerError } from './graph-api.js';
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

/**
 * Facebook Login: from a code to the accounts that a person may connect. Methods throw
 * `InstagramError`, as `GraphApi.call`.
 */
@Injectable()
export class MetaLogin {
  constructor(
    private readonly graph: GraphApi,
    private readonly accounts: LinkedAccounts,
    private readonly configuration: Configuration,
  ) {}

  /** Undefined without a configured app, which makes a login impossible. */
  get appId(): string | undefined {
    return this.app?.id;
  }

  /** The permissions that a login requests. */
  get wantedScopes(): readonly string[] {
    return [...new Set([...WANTED_SCOPES, ...this.configuration.metaExtraScopes])];
  }

  /** The URL of the login (Facebook Login, "Manually build a login flow"). */
  dialogUrl(redirectUri: string, state: string): URL {
    const { facebookDialogUrl, instagramGraphVersion, metaLoginConfigId } = this.configuration;
    const url = new URL(`${facebookDialogUrl}/${instagramGraphVersion}/dialog/oauth`);
    url.search = new URLSearchParams({
      client_id: this.app?.id ?? '',
      redirect_uri: redirectUri,
      response_type: 'code',
      state,
      // Asks again for permissions that the person has refused.
      auth_type: 'rerequest',
      ...(metaLoginConfigId === undefined
        ? { scope: this.wantedScopes.join(',') }
        : { config_id: metaLoginConfigId }),
    }).toString();
    return url;
  }

  /** Exchanges the code of a login for a token that lasts about 60 days. */
  async exchangeCode(code: Secret, redirectUri: string, deadline: Deadline): Promise<Secret> {
    const app = this.requireApp();
    const shortLived = await this.askForToken(
      { ...toClientCredentials(app), redirect_uri: redirectUri, code: code.reveal() },
      deadline,
    );
    return this.extendToken(shortLived, deadline);
  }

  /** Exchanges a token that lasts hours for one that lasts about 60 days. */
  async extendToken(token: Secret, deadline: Deadline): Promise<Secret> {
    return this.askForToken(
      {
        ...toClientCredentials(this.requireApp()),
        grant_type: 'fb_exchange_token',
        fb_exchange_token: token.reveal(),
      },
      deadline,
    );
  }

  /**
   * Inspects a token of any Meta app. Meta describes another app's token only in a call that uses
   * the same token.
   */
  async inspectTokenOfAnyApp(token: Secret, deadline: Deadline): Promise<TokenFacts> {
    try {
      return await this.inspect(token, deadline);
    } catch (error) {
      if (!(error instanceof InstagramError) || error.effect !== 'none') throw error;
      return this.inspectAs(token, token, deadline);
    }
  }

  /**
   * Reads Meta's description of a token with the app's own token or, without a configured app, with
   * the token itself. `GET /debug_token`.
   */
  async inspect(token: Secret, deadline: Deadline): Promise<TokenFacts> {
    const { app } = this;
    const bearer = app === undefined ? token : new Secret(`${app.id}|${app.secret.reveal()}`);
    return this.inspectAs(bearer, token, deadline);
  }

  private async inspectAs(bearer: Secret, token: Secret, deadline: Deadline): Promise<TokenFacts> {
    const { data } = await this.graph.call(
      {
        method: 'GET',
        path: '/debug_token',
        parameters: { input_token: token.reveal() },
        subject: 'login',
      },
      { token: bearer, deadline },
    );
    if (!isJsonObject(data)) throw toUnusableAnswerError(200);
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
    if (!isToken(token)) throw toUnusableAnswerError(200);
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

function toClientCredentials({ id, secret }: MetaApp): {
  client_id: string;
  client_secret: string;
} {
  return { client_id: id, client_secret: secret.reveal() };
}
