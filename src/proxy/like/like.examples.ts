import type { ProxyExamples } from '../proxy-route.decorator.js';

export const LIKE_EXAMPLES: ProxyExamples = {
  clientData: {
    'like a photo': { media_id: '17895695668004550', liked: 'true' },
    'unlike a photo': { media_id: '17895695668004550', liked: 'false' },
    'like a comment': { comment_id: '17873440459141021', liked: true },
  },
  answers: {
    liked: {
      ok: true,
      media_id: '17895695668004550',
      liked: true,
      source: 'instagram',
      changed_at: '2026-11-22T09:30:00.000Z',
    },
  },
};
