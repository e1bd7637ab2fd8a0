import { Injectable } from '@nestjs/common';
import type { Deadline } from '../../common/deadline.js';
import type { ErrorCode } from '../../domain/error-codes.js';
import type { Target } from '../../domain/target.js';
import type { Account } from '../../domain/account.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { InstagramError } from '../../instagram/instagram-error.js';
import { type LikeAttempt, LikeLedger } from '../../ledger/likes/like-ledger.js';
import { KeyedLock, toLikeKey } from '../../ledger/database/keyed-lock.js';

/**
 * - `worked`: the post was liked and unliked.
 * - `kept`: the post was liked before, and is again.
 * - `stands_…`: the first call succeeded and the second was refused, so the first one counts.
 * - `unsettled`: it is unknown whether the post is liked.
 */
export type TrialOutcome =
  | { readonly kind: 'worked' | 'kept' | 'no_post' }
  | { readonly kind: 'failed' | 'stands_liked' | 'stands_unliked'; readonly code: ErrorCode }
  | { readonly kind: 'unsettled'; readonly code?: ErrorCode };

/**
 * Likes the account's newest post and takes the like back, or the reverse if this service liked it
 * before. Both calls are recorded like every like, so the ledger stays true if the trial stops
 * halfway. After a success the ledger is as before.
 */
@Injectable()
export class LikeTrial {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly ledger: LikeLedger,
    private readonly lock: KeyedLock,
  ) {}

  /** @throws {InstagramError} if the posts cannot be read. */
  async run(account: Account, deadline: Deadline): Promise<TrialOutcome> {
    const { items } = await this.instagram.as(account, deadline).listMedia();
    const [newest] = items;
    if (newest === undefined) return { kind: 'no_post' };
    const target: Target = { kind: 'media', id: newest.id };
    return this.lock.run(toLikeKey(account.igUserId, target), deadline, () =>
      this.likeAndUnlike(account, target, deadline),
    );
  }

  private async likeAndUnlike(
    account: Account,
    target: Target,
    deadline: Deadline,
  ): Promise<TrialOutcome> {
    const [before] = await this.ledger.states(account.igUserId, [target]);
    // A trial ends with an unlike, so it needs to know that there is no like.
    if (before === undefined || before.known === 'pending' || before.known === 'restored') {
      return { kind: 'unsettled' };
    }
    const wasLiked = before.known === 'confirmed' && before.liked;

    const attempts: LikeAttempt[] = [];
    for (const liked of [!wasLiked, wasLiked]) {
      const attempt = await this.ledger.begin(account.igUserId, target, liked);
      try {
        await this.instagram.as(account, deadline).setLike(target, liked);
      } catch (error) {
        if (!(error instanceof InstagramError)) throw error;
        const { code } = error;
        if (error.effect !== 'none') {
          await this.ledger.keep(attempt);
          return { kind: 'unsettled', code };
        }
        await this.ledger.withdraw(attempt);
        for (const earlier of attempts) await this.ledger.confirm(earlier);
        if (attempts.length === 0) return { kind: 'failed', code };
        return { kind: wasLiked ? 'stands_unliked' : 'stands_liked', code };
      }
      attempts.push(attempt);
    }
    await this.ledger.withdrawTrial(attempts, before);
    return { kind: wasLiked ? 'kept' : 'worked' };
  }
}
