import type { ProxyExamples } from '../proxy-route.decorator.js';

export const ACCOUNT_EXAMPLES: ProxyExamples = {
  clientData: { 'the account of the metadata': {} },
  answers: {
    'without the permission to like': {
      ok: true,
      ig_user_id: '17841405309211844',
      username: 'omniwear',
      picture: 'https://scontent.cdninstagram.com/v/omniwear.jpg',
      log_in_ends_at: '2027-01-20T09:00:00.000Z',
      abilities: [
        {
          name: 'like',
          possible: false,
          code: 'permission_missing',
          message: 'The account was connected without the permission instagram_manage_engagement.',
          fix:
            'Ask an administrator to reconnect the Instagram account and grant ' +
            'instagram_manage_engagement.',
          missing: 'instagram_manage_engagement',
        },
        { name: 'comment', possible: true },
        { name: 'hide', possible: true },
        { name: 'delete', possible: true },
        { name: 'private_reply', possible: true },
      ],
    },
  },
};
