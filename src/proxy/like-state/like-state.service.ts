import { Injectable } from '@nestjs/common';
import { LikeLedger } from '../../ledger/likes/like-ledger.js';
import { toKnownLike } from '../known-like.dto.js';
import type { ProxyCall } from '../proxy-call.js';
import { toTargetFields } from '../target.dto.js';
import { TargetResolver } from '../target-resolver.js';
import type { LikeStateAnswer, LikeStatesAnswer } from './like-state-answer.dto.js';
import type { LikeStateClientData } from './like-state-client-data.dto.js';

/** Reports likes from the ledger: Instagram has no call that reports an account's likes. */
@Injectable()
export class LikeStateService {
  constructor(
    private readonly targets: TargetResolver,
    private readonly ledger: LikeLedger,
  ) {}

  async get({
    account,
    data,
    note,
  }: ProxyCall<LikeStateClientData>): Promise<LikeStateAnswer | LikeStatesAnswer> {
    const targets = await Promise.all(
      (data.targets ?? [data]).map((target) => this.targets.resolve(account, target)),
    );
    note({ targets: targets.length, outcome: 'ok' });
    const states = await this.ledger.states(account.igUserId, targets);
    const answers = targets.map((target, index) => ({
      ok: true as const,
      ...toTargetFields(target),
      ...toKnownLike(states[index]),
    }));
    const [only] = answers;
    return data.targets === undefined && only !== undefined ? only : { ok: true, states: answers };
  }
}
