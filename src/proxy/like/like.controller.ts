import { ProxyCall } from '../proxy-call.js';
import { ProxyController, ProxyRoute } from '../proxy-route.decorator.js';
import { LikeAnswer } from './like-answer.dto.js';
import { LikeClientData } from './like-client-data.dto.js';
import { LIKE_EXAMPLES } from './like.examples.js';
import { LikeService } from './like.service.js';

@ProxyController('like')
export class LikeController {
  constructor(private readonly likes: LikeService) {}

  @ProxyRoute({
    summary: 'Like a photo or comment as the connected account, or remove the like',
    description:
      'Sets the state, so a repeat is safe. The answer is `ok: true` only after Instagram ' +
      'confirmed it.',
    clientData: LikeClientData,
    answers: [LikeAnswer],
    examples: LIKE_EXAMPLES,
  })
  like(@ProxyCall(LikeClientData) call: ProxyCall<LikeClientData>): Promise<LikeAnswer> {
    return this.likes.set(call);
  }
}
