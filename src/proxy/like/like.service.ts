import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { ServiceError } from '../../common/errors/service-error.js';
import { isoTime } from '../../common/iso-time.js';
import { LatestQueue } from '../../common/latest-queue.js';
import { EventLog } from '../../common/logging/event-log.js';
import { TRY_AGAIN } from '../../domain/fixes.js';
import type { Target } from '../../domain/target.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { InstagramError } from '../../instagram/instagram-error.js';
import { fingerprint } from '../../instagram/token-fingerprint.js';
import { type LikeAttempt, LikeLedger } from '../../ledger/likes/like-ledger.js';
import { KeyedLock, toLikeKey } from '../../ledger/database/keyed-lock.js';
import type { ProxyCall } from '../proxy-call.js';
import { toTargetFields } from '../target.dto.js';
import { TargetResolver } from '../target-resolver.js';
import type { LikeAnswer } from './like-answer.dto.js';
import type { LikeClientData } from './like-client-data.dto.js';

/**
 * A click that waited behind others is sent only with this much time left. With less, Instagram
 * could hardly answer, and the heart would be pending for no reason.
 */
export const SEND_MIN_MS = 100;

/** A state that Instagram confirmed. */
interface ConfirmedLike {
  readonly liked: boolean;
  /** ISO 8601. */
  readonly changedAt: string;
}

/**
 * Sets likes at Instagram and records them in the ledger. Of the clicks on one heart that wait for
 * a click in progress, only the last is sent, and its outcome answers all of them: each call to
 * Instagram counts against the account's limit.
 */
@Injectable()
export class LikeService {
  private readonly clicks = new LatestQueue<ConfirmedLike>();

  constructor(
    private readonly targets: TargetResolver,
    private readonly instagram: InstagramClient,
    private readonly ledger: LikeLedger,
    private readonly lock: KeyedLock,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  /**
   * @throws {ServiceError} `ticket_unknown`, or any of `InstagramClient.assertCan` and
   *   `InstagramSession.setLike`.
   */
  async set(call: ProxyCall<LikeClientData>): Promise<LikeAnswer> {
    const { account, data } = call;
    const target = await this.targets.resolve(account, data);
    call.note({ target: `${target.kind}/${target.id}`, liked: data.liked });
    this.instagram.assertCan('like', account);
    const { liked, changedAt } = await this.setLatest(call, target);
    call.note({ outcome: 'ok', ...(liked === data.liked ? {} : { superseded: true }) });
    return {
      ok: true,
      ...toTargetFields(target),
      liked,
      source: 'instagram',
      changed_at: changedAt,
    };
  }

  /** Sets the state that the last waiting click on the heart wants. */
  private setLatest(call: ProxyCall<LikeClientData>, target: Target): Promise<ConfirmedLike> {
    const { account, data, deadline } = call;
    const heart = toLikeKey(account.igUserId, target);
    // Another connection has its own login, so its clicks are sent with that login.
    const connection = [account.subdomain ?? '', fingerprint(account.userToken)];
    return this.clicks.run([heart, ...connection].join('/'), async () => {
      // Clicks on one heart are sent one after the other, so the ledger knows which one won.
      const changedAt = await this.lock.run(heart, deadline, () => this.send(call, target));
      return { liked: data.liked, changedAt };
    });
  }

  /**
   * Makes one attempt. It is recorded before it is sent, and Instagram's answer settles it. Returns
   * the time of the answer, ISO 8601.
   */
  private async send(
    { account, data, deadline }: ProxyCall<LikeClientData>,
    target: Target,
  ): Promise<string> {
    if (deadline.remainingMs < SEND_MIN_MS) {
      throw new ServiceError(
        'deadline_exceeded',
        'Earlier clicks on this heart used all the time, so this one was not sent.',
        { fix: TRY_AGAIN, level: 'warn', log: { sent: false } },
      );
    }
    const instagram = this.instagram.as(account, deadline);
    const turn = await instagram.awaitLikeTurn(target, data.liked);
    try {
      const waitMs = deadline.remainingMs - SEND_MIN_MS;
      const attempt = await this.ledger.begin(account.igUserId, target, data.liked, waitMs);
      try {
        await instagram.setLike(target, data.liked, turn);
      } catch (error) {
        await this.settleFailed(attempt, error);
        throw error;
      }
      return await this.confirm(attempt);
    } finally {
      turn.end();
    }
  }

  /** The like is set even if the ledger cannot be written; the state then stays pending. */
  private async confirm(attempt: LikeAttempt): Promise<string> {
    try {
      return await this.ledger.confirm(attempt);
    } catch (error) {
      this.log.unexpected('ledger.write_failed', error);
      return isoTime(this.clock.now());
    }
  }

  /**
   * Withdraws an attempt that certainly had no effect, and keeps any other. The caller gets
   * Instagram's refusal even if the ledger cannot be written; the state then stays pending.
   */
  private async settleFailed(attempt: LikeAttempt, failure: unknown): Promise<void> {
    const isRefused = failure instanceof InstagramError && failure.effect === 'none';
    try {
      await (isRefused ? this.ledger.withdraw(attempt) : this.ledger.keep(attempt));
    } catch (error) {
      this.log.unexpected('ledger.write_failed', error);
    }
  }
}
