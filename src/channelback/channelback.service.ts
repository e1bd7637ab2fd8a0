import { Inject, Injectable } from '@nestjs/common';
import type { NoteFields } from '../common/http/note.decorator.js';
import { Deadline } from '../common/deadline.js';
import { ServiceError } from '../common/errors/service-error.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import type { Account } from '../domain/account.js';
import { toExternalId } from '../domain/external-id.js';
import { TRY_AGAIN } from '../domain/fixes.js';
import type { WriteTurn } from '../instagram/graph-call.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError } from '../instagram/instagram-error.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import {
  type ChannelbackAttempts,
  type ChannelbackKey,
  ChannelbackLedger,
  type ChannelbackLost,
} from '../ledger/replies/channelback-ledger.js';
import { KeyedLock } from '../ledger/database/keyed-lock.js';
import type { ChannelbackAnswer } from './channelback-answer.dto.js';
import type { ChannelbackRequest } from './channelback-request.dto.js';
import { findLostReply } from './lost-reply.js';
import { type Reply, readParent, readRequestId, readText, toTarget } from './reply.js';
import { findUnnamedKey } from './unnamed-reply.js';

/** How soon a repeat may find the outcome of a reply that another process is sending. */
const IN_PROGRESS_SECONDS = 30;

/** One reply on its way to Instagram. */
interface Sending {
  readonly account: Account;
  readonly instagram: InstagramSession;
  readonly reply: Reply;
  readonly key: ChannelbackKey;
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
    private readonly log: EventLog,
  ) {}

  /**
   * @param note adds fields to the request's line in the log.
   * @throws {ServiceError} `metadata_invalid`, `invalid_request`, or any code of
   *   `InstagramSession.addComment`.
   */
  async post(request: ChannelbackRequest, note: NoteFields): Promise<ChannelbackAnswer> {
    const account = await this.credentials.open(request.metadata);
    note({ account: account.igUserId });
    const parent = readParent(request);
    note({ target: `${parent.kind}/${toTarget(parent).id}` });
    const reply: Reply = { parent, text: readText(request), requestId: readRequestId(request) };
    this.instagram.assertCan('comment', account);
    const externalId = await this.postInTurn(account, reply);
    note({ outcome: 'ok' });
    const metadata = await this.credentials.reseal(request.metadata);
    return {
      external_id: externalId,
      allow_channelback: true,
      ...(metadata === undefined ? {} : { metadata }),
    };
  }

  /**
   * Replies of one account are posted one after the other. Two with the same text, one of them
   * lost, could each claim the other's comment.
   */
  private postInTurn(account: Account, reply: Reply): Promise<string> {
    const deadline = Deadline.fromArrival(this.configuration.proxyDeadlineMs);
    const instagram = this.instagram.as(account, deadline, 'reply');
    return this.lock.run(`channelback/${account.igUserId}`, deadline, async () => {
      const key = await this.findKey(account, reply);
      return this.postOnce({ account, instagram, reply, key });
    });
  }

  private async findKey(
    { igUserId, subdomain = '' }: Account,
    { parent, text, requestId }: Reply,
  ): Promise<ChannelbackKey> {
    if (requestId !== undefined) return { igUserId, subdomain, requestId };
    const content = [toExternalId(parent), text];
    return findUnnamedKey(this.ledger, { igUserId, subdomain }, content, await this.ledger.now());
  }

  /** @returns the external id of the reply's comment. */
  private async postOnce(sending: Sending): Promise<string> {
    const earlier = await this.ledger.find(sending.key);
    if (earlier === undefined) return this.send(sending, undefined);
    if (earlier.known === 'posted') return earlier.externalId;
    const found = await this.findEarlier(sending, earlier);
    return found ?? this.send(sending, earlier.known === 'attempted' ? earlier : undefined);
  }

  /**
   * The comment that earlier attempts left at Instagram; undefined if they left none.
   *
   * @throws {ServiceError} if that is not certain yet.
   */
  private async findEarlier(
    { account, instagram, reply, key }: Sending,
    earlier: ChannelbackAttempts | ChannelbackLost,
  ): Promise<string | undefined> {
    const found = await findLostReply(account, instagram, this.ledger, reply, earlier.firstAt);
    if (found === undefined) {
      // It may still take effect at Instagram, so it is not sent again yet.
      if (earlier.settlesInMs > 0) throw uncertain(Math.ceil(earlier.settlesInMs / 1000));
      return undefined;
    }
    // It may be the comment of a reply that another process is posting right now.
    if (await this.ledger.hasUnsettledOthers(key)) throw uncertain();
    if (earlier.known === 'attempted') await this.ledger.confirm(key, found);
    else if (!(await this.ledger.adopt(key, found))) throw uncertain();
    return found;
  }

  /** Waits for a turn before it records the attempt, so a refused turn changes no record. */
  private async send(sending: Sending, earlier: ChannelbackAttempts | undefined): Promise<string> {
    const { instagram, reply } = sending;
    const turn = await instagram.awaitCommentTurn(toTarget(reply.parent), reply.text);
    try {
      return await this.sendInTurn(sending, earlier, turn);
    } finally {
      turn.end();
    }
  }

  private async sendInTurn(
    { instagram, reply, key }: Sending,
    earlier: ChannelbackAttempts | undefined,
    turn: WriteTurn,
  ): Promise<string> {
    const isNext = await this.ledger.begin(key, earlier);
    if (!isNext) throw uncertain();
    const { parent, text } = reply;
    let commentId: string;
    try {
      commentId = await instagram.addComment(toTarget(parent), text, turn);
    } catch (error) {
      const isRefused = error instanceof InstagramError && error.effect === 'none';
      // An earlier attempt may still have left its comment, so its record stays.
      if (isRefused && earlier === undefined) {
        await this.tryToRecord(() => this.ledger.withdraw(key));
      }
      throw error;
    }
    const externalId = toExternalId({ kind: 'comment', mediaId: parent.mediaId, commentId });
    await this.tryToRecord(() => this.ledger.confirm(key, externalId));
    return externalId;
  }

  /**
   * Records Instagram's answer, which goes to Zendesk even if this fails. A repeat then searches
   * Instagram for the comment.
   */
  private async tryToRecord(record: () => Promise<void>): Promise<void> {
    try {
      await Deadline.beyond(record);
    } catch (error) {
      this.log.unexpected('ledger.write_failed', error);
    }
  }
}

function uncertain(retryAfterSeconds = IN_PROGRESS_SECONDS): ServiceError {
  return new ServiceError(
    'platform_unavailable',
    'It is not known yet whether Instagram has this reply.',
    { fix: TRY_AGAIN, retryAfterSeconds, level: 'warn' },
  );
}
