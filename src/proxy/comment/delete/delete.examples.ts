import type { ProxyExamples } from '../../proxy-route.decorator.js';

export const DELETE_EXAMPLES: ProxyExamples = {
  clientData: { 'one comment': { comment_id: '17873440459141021' } },
  answers: { deleted: { ok: true, comment_id: '17873440459141021', deleted: true } },
};
