import { ProxyCall } from '../proxy-call.js';
import { ProxyController, ProxyRoute } from '../proxy-route.decorator.js';
import { LikeStateAnswer, LikeStatesAnswer } from './like-state-answer.dto.js';
import { LikeStateClientData } from './like-state-client-data.dto.js';
import { LikeStateService } from './like-state.service.js';

@ProxyController('like/state')
export class LikeStateController {
  constructor(private readonly likeStates: LikeStateService) {}

  @ProxyRoute({
    summary: 'Tell whether the connected account likes a photo or comment',
    description:
      'Answers from what this service set, since Instagram does not tell. `liked` is `null` where it is not known: never a guess.',
    clientData: LikeStateClientData,
    clientDataExamples: {
      'one photo': { media_id: '17895695668004550' },
      'several at once': {
        targets: [{ media_id: '17895695668004550' }, { comment_id: '17873440459141021' }],
      },
    },
    answers: [LikeStateAnswer, LikeStatesAnswer],
    answerExamples: {
      known: {
        ok: true,
        media_id: '17895695668004550',
        liked: true,
        source: 'ledger',
        changed_at: '2026-11-22T09:30:00.000Z',
      },
      'not known': {
        ok: true,
        media_id: '17895695668004550',
        liked: null,
        source: 'none',
        changed_at: null,
      },
      pending: {
        ok: true,
        media_id: '17895695668004550',
        liked: null,
        source: 'pending',
        changed_at: null,
      },
      'several at once': {
        ok: true,
        states: [
          {
            ok: true,
            media_id: '17895695668004550',
            liked: true,
            source: 'ledger',
            changed_at: '2026-11-22T09:30:00.000Z',
          },
          {
            ok: true,
            comment_id: '17873440459141021',
            liked: null,
            source: 'none',
            changed_at: null,
          },
        ],
      },
    },
  })
  state(
    @ProxyCall(LikeStateClientData) call: ProxyCall<LikeStateClientData>,
  ): Promise<LikeStateAnswer | LikeStatesAnswer> {
    return this.likeStates.get(call);
  }
}
