import { ProxyCall } from '../proxy-call.js';
import { ProxyController, ProxyRoute } from '../proxy-route.decorator.js';
import { MediaAnswer } from './media-answer.dto.js';
import { MediaClientData } from './media-client-data.dto.js';
import { MediaService } from './media.service.js';

@ProxyController('media')
export class MediaController {
  constructor(private readonly media: MediaService) {}

  @ProxyRoute({
    summary: 'Show a post with its comments, and what is known of their likes',
    description:
      'Everything that a ticket needs to show its hearts, in one call, and who acts. A comment or a ticket may stand for the post.',
    clientData: MediaClientData,
    clientDataExamples: {
      'by the post': { media_id: '17895695668004550' },
      'by a comment on it': { comment_id: '17873440459141021' },
      'by the ticket': { ticket_id: 62 },
    },
    answers: [MediaAnswer],
    answerExamples: {
      'one comment': {
        ok: true,
        media: {
          media_id: '17895695668004550',
          media_type: 'IMAGE',
          caption: 'Our new jacket',
          permalink: 'https://www.instagram.com/p/Cx1/',
          thumbnail: 'https://scontent.cdninstagram.com/v/Cx1.jpg',
          posted_at: '2026-11-20T10:00:00.000Z',
          like_count: 12,
          comments_count: 1,
          comments_enabled: true,
          liked: true,
          source: 'ledger',
          changed_at: '2026-11-22T09:30:00.000Z',
        },
        comments: [
          {
            comment_id: '17873440459141021',
            parent_id: null,
            username: 'mira',
            is_own: false,
            text: 'Does it come in blue?',
            created_at: '2026-11-22T09:00:00.000Z',
            hidden: false,
            like_count: 0,
            liked: null,
            source: 'none',
            changed_at: null,
          },
        ],
        after: null,
      },
    },
  })
  get(@ProxyCall(MediaClientData) call: ProxyCall<MediaClientData>): Promise<MediaAnswer> {
    return this.media.get(call);
  }
}
