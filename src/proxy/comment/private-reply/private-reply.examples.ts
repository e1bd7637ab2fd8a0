import type { ProxyExamples } from '../../proxy-route.decorator.js';

export const PRIVATE_REPLY_EXAMPLES: ProxyExamples = {
  clientData: {
    'a message': {
      comment_id: '17873440459141021',
      message: 'Thank you! Please send us your order number here.',
    },
  },
  answers: {
    sent: { ok: true, comment_id: '17873440459141021', message_id: 'aWdfZAG1faXRlbToxOk1' },
  },
};
