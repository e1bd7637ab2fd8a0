import { Inject, Injectable } from '@nestjs/common';
import type { LikeTarget } from '../../common/like-target.js';
import { LikeLedger, type LikeState } from '../../ledger/like-ledger.js';
import type { ProxyCall } from '../proxy-call.js';
import { fieldsOf, targetOf } from '../target.dto.js';
import type { LikeStateAnswer, LikeStatesAnswer } from './like-state-answer.dto.js';
import type { LikeStateClientData } from './like-state-client-data.dto.js';

/** Tells what the ledger knows. Instagram has no way to ask whether an account likes something. */
@Injectable()
export class LikeStateService {
  constructor(@Inject(LikeLedger) private readonly ledger: LikeLedger) {}

  async get({
    account,
    data,
    note,
  }: ProxyCall<LikeStateClientData>): Promise<LikeStateAnswer | LikeStatesAnswer> {
    const targets = (data.targets ?? [data]).map(targetOf);
    note({ targets: targets.length, outcome: 'ok' });
    const states = await this.ledger.states(account.igUserId, targets);
    const answers = targets.map((target, index) => answerOf(target, states[index]));
    const [only] = answers;
    return data.targets === undefined && only !== undefined ? only : { ok: true, states: answers };
  }
}

function answerOf(target: LikeTarget, state: LikeState = { known: 'none' }): LikeStateAnswer {
  const answer = { ok: true as const, ...fieldsOf(target) };
  switch (state.known) {
    case 'confirmed':
      return { ...answer, liked: state.liked, source: 'ledger', changed_at: state.changedAt };
    case 'pending':
    case 'none':
      return { ...answer, liked: null, source: state.known, changed_at: null };
  }
}
