import { Inject, Injectable } from '@nestjs/common';
import type { NoteFields } from '../common/http/note.decorator.js';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { TRY_AGAIN } from '../domain/fixes.js';
import { ServiceError } from '../common/errors/service-error.js';
import type { Target } from '../domain/target.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import type { Account } from '../domain/account.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import { type AccountIdentity, toIdentity, isWrittenBy } from '../instagram/authorship.js';
import type { Comment, Page } from '../instagram/graph-objects.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError } from '../instagram/instagram-error.js';
import { PageWalk } from '../instagram/page-walk.js';
import { type ChannelbackKey, ChannelbackLedger } from '../ledger/channelback-ledger.js';
import { KeyedLock } from '../ledger/keyed-lock.js';
import { toExternalId, type InstagramResource, parseExternalId } from '../domain/external-id.js';
import type { ChannelbackAnswer } from './channelback-answer.dto.js';
import type { ChannelbackRequest } from './channelback-request.dto.js';
import { unnamedKey } from './unnamed-reply.js';
import { messageText } from './message-text.js';

/** The longest comment that Instagram takes, in characters. */
export const COMMENT_MAX_CHARS = 2200;
/**
 * How long after its start an attempt whose answer was lost may still appear at Instagram, in milliseconds. Meta gives no bound.
 * Before that, a reply that is not found there is not sent again.
 */
export const APPEARS_WITHIN_MS = 30_000;
/** How far Instagram's clock may be behind this one, in milliseconds. */
const CLOCK_SKEW_MS = 60_000;

/** One reply under way. */
interface Reply {
  readonly account: Account;
  readonly parent: InstagramResource;
  readonly text: string;
  /** Zendesk's identifier of the reply; undefined where Zendesk sent none. */
  readonly requestId: string | undefined;
  readonly deadline: Deadline;
}

/** Posts an agent's reply as a comment, once. */
@Injectable()
export class ChannelbackService {
  constructor(
    private readonly credentials: CredentialsService,
    private readonly instagram: InstagramClient,
    private readonly ledger: ChannelbackLedger,
    private readonly lock: KeyedLock,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'proxyDeadlineMs'>,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  /**
   * @param note adds fields to the request's line in the log.
   * @throws {ServiceError} `metadata_invalid`, `invalid_request`, or any of `InstagramClient.addComment`.
   */
  async post(request: ChannelbackRequest, note: NoteFields): Promise<ChannelbackAnswer> {
    const account = await this.credentials.open(request.metadata);
    note({ account: account.igUserId });
    const parent = parentOf(request);
    note({ target: `${parent.kind}/${targetOf(parent).id}` });
    const text = checkedText(request.message);
    this.instagram.assertCan('comment', account);
    const reply: Reply = {
      account,
      parent,
      text,
      requestId: identifierOf(request),
      deadline: new Deadline(this.configuration.proxyDeadlineMs),
    };
    // Replies of one account are posted one after the other: two with the same text, one of which was lost, could take each
    // other's comment for their own.
    const turn = `channelback/${account.igUserId}`;
    const externalId = await this.lock.run(turn, reply.deadline, () => this.postOnce(reply));
    note({ outcome: 'ok' });
    const metadata = await this.credentials.reseal(request.metadata);
    return {
      external_id: externalId,
      allow_channelback: true,
      ...(metadata === undefined ? {} : { metadata }),
    };
  }

  private async postOnce(reply: Reply): Promise<string> {
    const { account } = reply;
    const key = await this.keyOf(reply);
    const known = await this.ledger.find(key);
    if (known?.known === 'posted') return known.externalId;
    if (known !== undefined) {
      const found = await this.findPosted(reply, known.firstAt);
      const appearsSince = this.clock.now() - APPEARS_WITHIN_MS;
      if (found !== undefined) {
        // It may be the comment of a reply that another process is posting right now.
        if (await this.ledger.othersSince(key, appearsSince)) throw notKnownYet();
        await this.ledger.confirm(key, found);
        return found;
      }
      if (known.lastAt > appearsSince) throw notKnownYet();
    }
    if (!(await this.ledger.begin(key, known))) throw notKnownYet();
    let commentId: string;
    try {
      const { parent, text, deadline } = reply;
      commentId = await this.instagram.as(account, deadline).addComment(targetOf(parent), text);
    } catch (error) {
      // An earlier attempt may still have left its comment: its record stays.
      const isRefused = error instanceof InstagramError && error.effect === 'none';
      if (isRefused && known === undefined) await this.withdraw(key);
      throw error;
    }
    const externalId = toExternalId({
      kind: 'comment',
      mediaId: reply.parent.mediaId,
      commentId,
    });
    await this.confirm(key, externalId);
    return externalId;
  }

  private async keyOf({ account, parent, text, requestId }: Reply): Promise<ChannelbackKey> {
    const { igUserId, subdomain = '' } = account;
    if (requestId !== undefined) return { igUserId, subdomain, requestId };
    return unnamedKey(
      this.ledger,
      { igUserId, subdomain },
      [toExternalId(parent), text],
      this.clock.now(),
    );
  }

  /** The reply is posted, whatever becomes of the ledger: where it cannot be written, a repeat looks for the comment. */
  private async confirm(key: ChannelbackKey, externalId: string): Promise<void> {
    try {
      await this.ledger.confirm(key, externalId);
    } catch (error) {
      this.log.unexpected('ledger.write_failed', error);
    }
  }

  /** Instagram's refusal is the news; where the ledger cannot be written, a repeat looks for the comment in vain. */
  private async withdraw(key: ChannelbackKey): Promise<void> {
    try {
      await this.ledger.withdraw(key);
    } catch (error) {
      this.log.unexpected('ledger.write_failed', error);
    }
  }

  /**
   * The comment that lost attempts left at Instagram, if it left one: the account's own, of this
   * text, nobody else's reply. A failure to read the account's name fails the search: a comment
   * under a scoped id would be missed, and the reply posted twice.
   */
  private async findPosted(reply: Reply, firstAt: number): Promise<string | undefined> {
    const { account, parent, text } = reply;
    const identity = await this.currentIdentity(reply);
    const notBefore = firstAt - CLOCK_SKEW_MS;
    const walk = new PageWalk();
    for (;;) {
      const page = await this.commentsUnder(reply, walk.cursor);
      const candidates = page.items
        // One without a time may be ours: a reply that is missed is posted twice.
        .filter(({ createdAt }) => createdAt === undefined || createdAt >= notBefore)
        .filter((comment) => isWrittenBy(comment, identity))
        .filter((comment) => sameText(comment.text, text))
        .map(({ id }) => toExternalId({ kind: 'comment', mediaId: parent.mediaId, commentId: id }));
      const taken = await this.ledger.posted(account.igUserId, candidates);
      // The oldest of them: a later one of the same text is another reply's.
      const found = candidates.filter((each) => !taken.has(each)).at(-1);
      if (found !== undefined) return found;
      const isOlder = page.items.some(({ createdAt = Infinity }) => createdAt < notBefore);
      if (isOlder || !walk.advance(page)) return undefined;
    }
  }

  private async currentIdentity({ account, deadline }: Reply): Promise<AccountIdentity> {
    return toIdentity(account, await this.instagram.as(account, deadline).readAccount());
  }

  private commentsUnder(
    { account, parent, deadline }: Reply,
    after: string | undefined,
  ): Promise<Page<Comment>> {
    return parent.kind === 'media'
      ? this.instagram.as(account, deadline).listComments(parent.mediaId, after)
      : this.instagram.as(account, deadline).listSiblings(parent.commentId, after);
  }
}

function identifierOf({
  request_unique_identifier: id = '',
}: ChannelbackRequest): string | undefined {
  return id.trim() === '' ? undefined : id;
}

/** What the reply answers. Zendesk names a resource; of a thread, its first one stands for it. */
function parentOf({
  parent_id: parentId,
  thread_id: threadId,
}: ChannelbackRequest): InstagramResource {
  const parent = parseExternalId(parentId ?? '') ?? parseExternalId(threadId ?? '');
  if (parent !== undefined) return parent;
  throw new ServiceError(
    'invalid_request',
    'Neither parent_id nor thread_id names a post or comment of this channel.',
  );
}

function targetOf(resource: InstagramResource): Target {
  return resource.kind === 'media'
    ? { kind: 'media', id: resource.mediaId }
    : { kind: 'comment', id: resource.commentId };
}

function checkedText(message: string): string {
  const text = messageText(message);
  if (text === '') {
    throw new ServiceError(
      'invalid_request',
      'The reply has no text, and Instagram takes no other.',
    );
  }
  const length = Array.from(text).length;
  if (length > COMMENT_MAX_CHARS) {
    throw new ServiceError(
      'invalid_request',
      `The reply has ${String(length)} characters; Instagram takes ${String(COMMENT_MAX_CHARS)}.`,
      { fix: 'Make it shorter, or send it in parts.' },
    );
  }
  return text;
}

/**
 * Whether Instagram may have made one text of the other. It is not documented what it changes, and a reply that is not known again is posted
 * twice: so letters and digits alone count or, in a text without any, what is left of it without blanks and variants.
 */
function sameText(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(text: string): string {
  const normal = text.normalize('NFKC');
  const letters = normal.replaceAll(/[^\p{L}\p{N}]+/gu, '');
  return letters === '' ? normal.replaceAll(/[\s\p{M}\p{C}]+/gu, '') : letters;
}

function notKnownYet(): ServiceError {
  return new ServiceError(
    'platform_unavailable',
    'It is not known yet whether Instagram has this reply.',
    { fix: TRY_AGAIN, retryAfterSeconds: APPEARS_WITHIN_MS / 1000, level: 'warn' },
  );
}
