import { Injectable } from '@nestjs/common';
import { toAccount } from '../../credentials/to-account.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { LikeTrial, type TrialOutcome } from '../connection/like-trial.js';
import { requireAccount } from '../setup.js';
import type { StepCall } from '../step-call.js';
import type { Notice } from '../views/notice.js';
import type { View } from '../views/view.js';
import { NextViews } from './next-views.js';

/** The admin tries a like. */
@Injectable()
export class TryLikeStep {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly trial: LikeTrial,
    private readonly next: NextViews,
  ) {}

  async run(call: StepCall): Promise<View> {
    const { deadline, note } = call;
    const setup = requireAccount(call.setup);
    const account = toAccount(setup.account);
    note({ account: account.igUserId });
    return this.next.restartOnFailure(call, async () => {
      this.instagram.assertCan('like', account);
      const outcome = await this.trial.run(account, deadline);
      const code = 'code' in outcome ? outcome.code : undefined;
      note({ outcome: outcome.kind, ...(code === undefined ? {} : { refusal: code }) });
      return this.next.account(setup, { notice: toNotice(outcome), like: code }, deadline);
    });
  }
}

function toNotice(outcome: TrialOutcome): Notice {
  switch (outcome.kind) {
    case 'worked':
    case 'kept':
      return { kind: 'success', message: `test.${outcome.kind}` };
    case 'no_post':
      return { kind: 'warning', message: 'test.no_post' };
    case 'unsettled':
      return {
        kind: 'warning',
        message: 'test.unsettled',
        why: outcome.code === undefined ? undefined : { failure: outcome.code },
      };
    case 'failed':
    case 'stands_liked':
    case 'stands_unliked':
      return { kind: 'error', message: `test.${outcome.kind}`, why: { failure: outcome.code } };
  }
}
