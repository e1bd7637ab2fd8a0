import { Injectable } from '@nestjs/common';
import type { Deadline } from '../common/deadline.js';
import type { ErrorCode } from '../domain/error-codes.js';
import type { Target } from '../domain/target.js';
import type { Account } from '../domain/account.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError } from '../instagram/instagram-error.js';
import { type LikeAttempt, LikeLedger } from '../ledger/like-ledger.js';
import { KeyedLock, toLikeKey } from '../ledger/keyed-lock.js';

/**
 * How a trial went. `worked`: liked and unliked. `kept`: the post was liked before, and is again. `stands_…`: the first step worked and the
 * second was refused, so that the post is what the first made it. `unsettled`: nobody knows whether the post is liked, now or since before.
 */
export type TrialOutcome =
  | { readonly kind: 'worked' | 'kept' | 'no_post' }
  | { readonly kind: 'failed' | 'stands_liked' | 'stands_unliked'; readonly code: ErrorCode }
  | { readonly kind: 'unsettled'; readonly code?: ErrorCode };

/**
 * Likes the account's newest post and takes the like back; the other way round where this service liked it before. Written down like every like,
 * so that the ledger tells no untruth wherever it ends; when all went well, the ledger says what it said before.
 */
@Injectable()
export class LikeTrial {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly ledger: LikeLedger,
    private readonly lock: KeyedLock,
  ) {}

  /** @throws {InstagramError} where the posts cannot be read. */
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
    if (before === undefined || before.known === 'pending') return { kind: 'unsettled' };
    const wasLiked = before.known === 'confirmed' && before.liked;

    const attempts: LikeAttempt[] = [];
    for (const liked of [!wasLiked, wasLiked]) {
      const attempt = await this.ledger.begin(account.igUserId, target, liked);
      try {
        await this.instagram.as(account, deadline).setLike(target, liked);
      } catch (error) {
        if (!(error instanceof InstagramError)) throw error;
        const { code } = error;
        if (error.effect !== 'none') return { kind: 'unsettled', code };
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
