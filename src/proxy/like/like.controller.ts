import { ProxyCall } from '../proxy-call.js';
import { ProxyController, ProxyRoute } from '../proxy-route.decorator.js';
import { LikeAnswer } from './like-answer.dto.js';
import { LikeClientData } from './like-client-data.dto.js';
import { LikeService } from './like.service.js';

@ProxyController('like')
export class LikeController {
  constructor(private readonly likes: LikeService) {}

  @ProxyRoute({
    summary: 'Like a photo or comment as the connected account, or take the like back',
    description:
      'Sets the state, so repeating it is safe. The answer is `ok: true` only after Instagram confirmed it.',
    clientData: LikeClientData,
    clientDataExamples: {
      'like a photo': { media_id: '17895695668004550', liked: 'true' },
      'unlike a photo': { media_id: '17895695668004550', liked: 'false' },
      'like a comment': { comment_id: '17873440459141021', liked: true },
    },
    answers: [LikeAnswer],
    answerExamples: {
      liked: {
        ok: true,
        media_id: '17895695668004550',
        liked: true,
        source: 'instagram',
        changed_at: '2026-11-22T09:30:00.000Z',
      },
    },
  })
  like(@ProxyCall(LikeClientData) call: ProxyCall<LikeClientData>): Promise<LikeAnswer> {
    return this.likes.set(call);
  }
}
