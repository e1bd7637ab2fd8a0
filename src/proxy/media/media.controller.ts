import { ProxyCall } from '../proxy-call.js';
import { ProxyController, ProxyRoute } from '../proxy-route.decorator.js';
import { MediaAnswer } from './media-answer.dto.js';
import { MediaClientData } from './media-client-data.dto.js';
import { MEDIA_EXAMPLES } from './media.examples.js';
import { MediaService } from './media.service.js';

@ProxyController('media')
export class MediaController {
  constructor(private readonly media: MediaService) {}

  @ProxyRoute({
    summary: 'Return a post with its comments and the known state of their likes',
    description:
      'Everything that a ticket needs to show its hearts, in one call, with the acting account. ' +
      'The post can be named by one of its comments or by a ticket.',
    clientData: MediaClientData,
    answers: [MediaAnswer],
    examples: MEDIA_EXAMPLES,
  })
  get(@ProxyCall(MediaClientData) call: ProxyCall<MediaClientData>): Promise<MediaAnswer> {
    return this.media.get(call);
  }
}
