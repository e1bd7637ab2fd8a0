import { Inject, Injectable } from '@nestjs/common';
import { Deadline } from '../../common/deadline.js';
import { Secret } from '../../domain/secret.js';
import { Configuration } from '../../config/index.js';
import type { Account } from '../../domain/account.js';
import { GraphApi } from '../../instagram/graph-api.js';
import type { GraphCall } from '../../instagram/graph-call.js';
import { InstagramError } from '../../instagram/instagram-error.js';
import { MetaLogin } from '../../instagram/meta-login.js';
import type { TokenFacts } from '../../instagram/token-facts.js';
import { type JsonObject, listFieldNames, listReasons, readIds, toDay } from './meta-answer.js';

/** The time that Meta has for one question. */
const CALL_MS = 20_000;
/** An id that no post has. */
const NO_MEDIA = '1';

/** The answer to one question. */
export interface Finding {
  readonly question: string;
  readonly outcome: 'ok' | 'refused' | 'no answer' | 'not tried';
  /** Only codes, counts and dates, never text from Meta. */
  readonly detail: string;
}

/**
 * Asks Meta, with a real account, the questions that its documentation leaves open: which tokens
 * may like, and what the error codes mean. It only reads, unless `write` is set: then it likes and
 * unlikes the account's newest own post.
 */
@Injectable()
export class LiveCheck {
  private readonly findings: Finding[] = [];

  constructor(
    private readonly graph: GraphApi,
    private readonly meta: MetaLogin,
    @Inject(Configuration)
    private readonly configuration: Pick<Configuration, 'metaAppId'>,
  ) {}

  async run(account: Account, write: boolean): Promise<readonly Finding[]> {
    this.findings.length = 0;
    await this.readToken('the user token', account.userToken);
    if (account.pageToken !== undefined) await this.readToken('the Page token', account.pageToken);
    const tokens: (readonly [string, Secret | undefined])[] = [
      ['the user token', account.userToken],
      ['the Page token', account.pageToken],
    ];
    for (const [name, token] of tokens) await this.readAccount(account, name, token);
    const posts = await this.ask(
      'Can the posts be read?',
      { path: `/${account.igUserId}/media`, parameters: { fields: 'id', limit: '1' } },
      account.userToken,
      (json) => `${String(readIds(json).length)} of at most 1`,
    );
    const [newest] = posts === undefined ? [] : readIds(posts);
    if (newest === undefined) {
      this.note('Questions about a post', 'not tried', 'no post of the account can be read');
      return this.findings;
    }
    await this.readPost(account, newest);
    if (write) {
      for (const [name, token] of tokens) await this.likeAndUnlike(account, newest, name, token);
      await this.likeInvalidTargets(account);
    } else {
      this.note('Questions that need a like', 'not tried', 'needs --write');
    }
    return this.findings;
  }

  private async readToken(name: string, token: Secret): Promise<void> {
    const asker = this.meta.appId === undefined ? 'the token itself' : 'the app';
    await this.attempt(
      `Does debug_token describe ${name}, with ${asker} in the header?`,
      async () => {
        const facts = await this.meta.inspect(token, new Deadline(CALL_MS));
        const targets = [...facts.targetIdsByScope].map(
          ([scope, ids]) => `${scope} for ${String(ids.length)}`,
        );
        return [
          facts.isValid ? 'valid' : 'not valid',
          `type ${/^[A-Z_]{1,30}$/.test(facts.type) ? facts.type : 'unknown'}`,
          this.compareApp(facts),
          `login ends ${toDay(facts.expiresAt)}`,
          `data access ends ${toDay(facts.dataAccessExpiresAt)}`,
          `permissions: ${facts.scopes.join(', ') || 'none'}`,
          `granular: ${targets.join(', ') || 'none'}`,
        ].join('; ');
      },
    );
  }

  private compareApp({ appId }: TokenFacts): string {
    const { metaAppId } = this.configuration;
    if (metaAppId === undefined) return 'app not compared, META_APP_ID is not set';
    return appId === metaAppId ? 'of this app' : 'of another app';
  }

  private async readAccount(
    { igUserId }: Account,
    name: string,
    token: Secret | undefined,
  ): Promise<void> {
    const question = `Does ${name} read the account?`;
    if (token === undefined) {
      this.note(question, 'not tried', 'the account has none');
      return;
    }
    await this.ask(question, { path: `/${igUserId}`, parameters: { fields: 'id' } }, token);
  }

  private async readPost({ igUserId, userToken }: Account, mediaId: string): Promise<void> {
    await this.ask(
      'Can comments and their replies be read?',
      {
        path: `/${mediaId}/comments`,
        parameters: { fields: 'id,from,hidden,replies.limit(1){id,from}', limit: '1' },
      },
      userToken,
      (json) => `${String(readIds(json).length)} of at most 1`,
    );
    await this.ask(
      'Is there an undocumented GET of the likes edge?',
      { path: `/${igUserId}/likes`, parameters: { media_id: mediaId } },
      userToken,
      (json) => `fields: ${listFieldNames(json)}`,
    );
    for (const field of ['has_liked', 'user_has_liked', 'is_liked']) {
      await this.ask(
        `Is there a field ${field}?`,
        { path: `/${mediaId}`, parameters: { fields: field } },
        userToken,
        (json) => (field in json ? 'Meta returned it' : 'Meta did not return it'),
      );
    }
  }

  private async likeAndUnlike(
    { igUserId }: Account,
    mediaId: string,
    name: string,
    token: Secret | undefined,
  ): Promise<void> {
    const call = { path: `/${igUserId}/likes`, parameters: { media_id: mediaId } };
    if (token === undefined) {
      this.note(`May ${name} like?`, 'not tried', 'the account has none');
      return;
    }
    const success = (json: JsonObject): string => `success: ${String(json.success === true)}`;
    for (const [question, method] of [
      [`May ${name} like, with the id as JSON?`, 'POST'],
      [`May ${name} like a liked post?`, 'POST'],
      [`May ${name} unlike, with the id in the query?`, 'DELETE'],
      [`May ${name} unlike a post that is not liked?`, 'DELETE'],
    ] as const) {
      await this.ask(question, { ...call, method }, token, success);
    }
  }

  private async likeInvalidTargets({ igUserId, userToken }: Account): Promise<void> {
    const call = { method: 'POST', path: `/${igUserId}/likes` } as const;
    await this.ask(
      'Which code does liking an unknown post return?',
      { ...call, parameters: { media_id: NO_MEDIA } },
      userToken,
    );
    await this.ask('Which code does liking without an id return?', call, userToken);
    const stories = await this.ask(
      'Is there a story to try?',
      { path: `/${igUserId}/stories`, parameters: { fields: 'id' } },
      userToken,
      (json) => String(readIds(json).length),
    );
    const [story] = stories === undefined ? [] : readIds(stories);
    if (story === undefined) {
      this.note('Which code does liking a story return?', 'not tried', 'the account has none');
      return;
    }
    const parameters = { media_id: story };
    await this.ask('Which code does liking a story return?', { ...call, parameters }, userToken);
  }

  private async ask(
    question: string,
    call: Partial<GraphCall> & { readonly path: string },
    token: Secret,
    describe: (json: JsonObject) => string = () => '',
  ): Promise<JsonObject | undefined> {
    let answer: JsonObject | undefined;
    await this.attempt(question, async () => {
      answer = await this.graph.call(
        { method: 'GET', subject: 'like', ...call },
        { token, deadline: new Deadline(CALL_MS) },
      );
      return describe(answer);
    });
    return answer;
  }

  private async attempt(question: string, ask: () => Promise<string>): Promise<void> {
    try {
      this.note(question, 'ok', await ask());
    } catch (error) {
      if (!(error instanceof InstagramError)) throw error;
      const { graph_status: status, graph_code: code, graph_subcode: subcode } = error.log;
      if (code === undefined) {
        this.note(question, 'no answer', [error.code, ...listReasons(error.log)].join('; '));
      } else {
        const codes = [
          `code ${String(code)}`,
          `subcode ${String(subcode ?? 'none')}`,
          `status ${String(status)}`,
        ].join(', ');
        this.note(question, 'refused', `${codes}; here ${error.code}`);
      }
    }
  }

  private note(question: string, outcome: Finding['outcome'], detail: string): void {
    this.findings.push({ question, outcome, detail });
  }
}
