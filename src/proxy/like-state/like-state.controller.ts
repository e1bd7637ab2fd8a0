import { ProxyCall } from '../proxy-call.js';
import { ProxyController, ProxyRoute } from '../proxy-route.decorator.js';
import { LikeStateAnswer, LikeStatesAnswer } from './like-state-answer.dto.js';
import { LikeStateClientData } from './like-state-client-data.dto.js';
import { LIKE_STATE_EXAMPLES } from './like-state.examples.js';
import { LikeStateService } from './like-state.service.js';

@ProxyController('like/state')
export class LikeStateController {
  constructor(private readonly likeStates: LikeStateService) {}

  @ProxyRoute({
    summary: 'Report whether the connected account likes a photo or comment',
    description:
      'Returns the state that was set through this service, because Instagram has no call for ' +
      'it. `liked` is `null` if unknown; it is never a guess.',
    clientData: LikeStateClientData,
    answers: [LikeStateAnswer, LikeStatesAnswer],
    examples: LIKE_STATE_EXAMPLES,
  })
  state(
    @ProxyCall(LikeStateClientData) call: ProxyCall<LikeStateClientData>,
  ): Promise<LikeStateAnswer | LikeStatesAnswer> {
    return this.likeStates.get(call);
  }
}
