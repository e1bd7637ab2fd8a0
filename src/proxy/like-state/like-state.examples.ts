import type { ProxyExamples } from '../proxy-route.decorator.js';

export const LIKE_STATE_EXAMPLES: ProxyExamples = {
  clientData: {
    'one photo': { media_id: '17895695668004550' },
    'several at once': {
      targets: [{ media_id: '17895695668004550' }, { comment_id: '17873440459141021' }],
    },
  },
  answers: {
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
};
