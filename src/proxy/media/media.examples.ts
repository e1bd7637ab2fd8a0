import type { ProxyExamples } from '../proxy-route.decorator.js';

export const MEDIA_EXAMPLES: ProxyExamples = {
  clientData: {
    'by the post': { media_id: '17895695668004550' },
    'by a comment on it': { comment_id: '17873440459141021' },
    'by the ticket': { ticket_id: 62 },
  },
  answers: {
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
};
