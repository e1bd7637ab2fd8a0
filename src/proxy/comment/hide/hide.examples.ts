import type { ProxyExamples } from '../../proxy-route.decorator.js';

export const HIDE_EXAMPLES: ProxyExamples = {
  clientData: {
    hide: { comment_id: '17873440459141021', hidden: 'true' },
    'show again': { comment_id: '17873440459141021', hidden: 'false' },
  },
  answers: { hidden: { ok: true, comment_id: '17873440459141021', hidden: true } },
};
