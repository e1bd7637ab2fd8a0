import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Deadline } from '../common/deadline.js';
import { isJsonObject, type JsonObject } from '../common/json-object.js';
import { isToken } from '../domain/formats.js';
import { Secret } from '../domain/secret.js';
import { GraphApi } from './graph-api.js';
import { toId, toUsername } from './graph-objects.js';
import { InstagramError, blocksWholeAccount } from './instagram-error.js';
import { type GraphList, ListReader } from './list-reader.js';
import type { TokenFacts } from './token-facts.js';
import { PageWalk } from './page-walk.js';

/** The most Pages of a person to list. An agency may have a few hundred. */
const PAGES_MAX = 500;
const PAGES_PER_ANSWER = 100;
/** Pages to read one by one, because the token names them and the list omits them. */
const NAMED_PAGES_MAX = 50;
/** Pages to read at the same time. */
const NAMED_PAGES_AT_ONCE = 10;
/** The longest Page name in a choice of Pages. */
const PAGE_NAME_MAX_CHARS = 75;
const FIELDS = 'id,name,access_token,instagram_business_account{id,username}';

/** An Instagram professional account with its linked Page. */
export interface LinkedAccount {
  readonly igUserId: string;
  readonly username: string;
  readonly pageId: string;
  readonly pageName: string;
  readonly pageToken: Secret | undefined;
}

export interface LinkedAccountList {
  readonly accounts: readonly LinkedAccount[];
  /** Whether the person has more Pages than were read. */
  readonly hasMore: boolean;
}

/** A Page, and its account if it has one. */
interface PageEntry {
  readonly id: string;
  readonly account: LinkedAccount | undefined;
}

/** Finds the Instagram accounts that a token may act for. */
@Injectable()
export class LinkedAccounts {
  private readonly lists: ListReader;

  constructor(
    private readonly graph: GraphApi,
    clock: Clock,
  ) {
    this.lists = new ListReader(graph, clock);
  }

  /**
   * The accounts of a person's Pages or, for a Page token, of that Page.
   *
   * `GET /{user-id}/accounts` leaves out Pages of a business portfolio unless the token has
   * `business_management` (Graph API changelog, v17.0). The token's `granular_scopes` still name
   * them, and `GET /{page-id}` returns them.
   *
   * @throws {InstagramError} as `GraphApi.call`.
   */
  async list(token: Secret, facts: TokenFacts, deadline: Deadline): Promise<LinkedAccountList> {
    if (facts.type === 'PAGE') {
      const { account } = await this.readPage(token, facts.profileId ?? 'me', deadline);
      const accounts = account === undefined ? [] : [{ ...account, pageToken: token }];
      return { accounts, hasMore: false };
    }
    const { pages, hasMore } = await this.listPages(token, facts, deadline);
    const listed = new Set(pages.map(({ id }) => id));
    const named = [...new Set(listNamedPageIds(facts))].filter((id) => !listed.has(id));
    const more = await this.readPages(token, named.slice(0, NAMED_PAGES_MAX), deadline);
    const accounts = [...pages, ...more]
      .map(({ account }) => account)
      .filter((account) => account !== undefined);
    return {
      accounts: removeRepeats(accounts),
      hasMore: hasMore || named.length > NAMED_PAGES_MAX,
    };
  }

  private async listPages(
    token: Secret,
    { userId }: TokenFacts,
    deadline: Deadline,
  ): Promise<{ pages: readonly PageEntry[]; hasMore: boolean }> {
    const list: GraphList<PageEntry> = {
      path: `/${userId ?? 'me'}/accounts`,
      size: { entries: PAGES_PER_ANSWER, expanded: 0 },
      fields: () => FIELDS,
      toItem: toPageEntry,
    };
    const pages: PageEntry[] = [];
    const walk = new PageWalk();
    for (;;) {
      const page = await this.lists.read(list, walk.cursor, { token, deadline });
      pages.push(...page.items);
      if (!walk.advance(page)) return { pages, hasMore: false };
      if (pages.length >= PAGES_MAX) return { pages, hasMore: true };
    }
  }

  private async readPages(
    token: Secret,
    pageIds: readonly string[],
    deadline: Deadline,
  ): Promise<readonly PageEntry[]> {
    const pages: PageEntry[] = [];
    for (let from = 0; from < pageIds.length; from += NAMED_PAGES_AT_ONCE) {
      const some = pageIds.slice(from, from + NAMED_PAGES_AT_ONCE);
      const read = some.map((pageId) => this.readPageIfAllowed(token, pageId, deadline));
      pages.push(...(await Promise.all(read)).filter((page) => page !== undefined));
    }
    return pages;
  }

  /** A Page that Meta refuses must not hide the others. */
  private async readPageIfAllowed(
    token: Secret,
    pageId: string,
    deadline: Deadline,
  ): Promise<PageEntry | undefined> {
    try {
      return await this.readPage(token, pageId, deadline);
    } catch (error) {
      if (!(error instanceof InstagramError) || blocksWholeAccount(error)) throw error;
      return undefined;
    }
  }

  private async readPage(token: Secret, pageId: string, deadline: Deadline): Promise<PageEntry> {
    // With the subject `login`, a refusal would mean that the login failed.
    const json = await this.graph.call(
      { method: 'GET', path: `/${pageId}`, parameters: { fields: FIELDS }, subject: 'media' },
      { token, deadline },
    );
    return { id: pageId, account: toPageEntry(json)?.account };
  }
}

/** Several Pages may be linked to one account; the first one counts. */
function removeRepeats(accounts: readonly LinkedAccount[]): LinkedAccount[] {
  const ids = accounts.map(({ igUserId }) => igUserId);
  return accounts.filter(({ igUserId }, index) => ids.indexOf(igUserId) === index);
}

/** The Pages that the token's permissions name. */
function listNamedPageIds({ targetIdsByScope }: TokenFacts): string[] {
  return [...targetIdsByScope]
    .filter(([scope]) => scope.startsWith('pages_'))
    .flatMap(([, ids]) => ids)
    .filter((id) => id !== '');
}

function toPageEntry(json: unknown): PageEntry | undefined {
  if (!isJsonObject(json)) return undefined;
  const id = toId(json.id);
  return id === undefined ? undefined : { id, account: toLinkedAccount(json, id) };
}

/** The Page's professional account; undefined for a Page without one. */
function toLinkedAccount(page: JsonObject, pageId: string): LinkedAccount | undefined {
  const { name, access_token: token, instagram_business_account: account } = page;
  if (!isJsonObject(account)) return undefined;
  const igUserId = toId(account.id);
  if (igUserId === undefined) return undefined;
  return {
    igUserId,
    username: toUsername(account.username) ?? igUserId,
    pageId,
    pageName: typeof name === 'string' ? name.slice(0, PAGE_NAME_MAX_CHARS) : pageId,
    pageToken: isToken(token) ? new Secret(token) : undefined,
  };
}
