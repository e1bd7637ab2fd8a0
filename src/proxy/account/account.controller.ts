import { ProxyCall } from '../proxy-call.js';
import { ProxyController, ProxyRoute } from '../proxy-route.decorator.js';
import { AccountAnswer } from './account-answer.dto.js';
import { AccountClientData } from './account-client-data.dto.js';
import { AccountService } from './account.service.js';

@ProxyController('account')
export class AccountController {
  constructor(private readonly accounts: AccountService) {}

  @ProxyRoute({
    summary: 'Tell who acts, and what it may do',
    description: 'Asks Instagram, so that a log-in that has ended is told as such.',
    clientData: AccountClientData,
    clientDataExamples: { 'the account of the metadata': {} },
    answers: [AccountAnswer],
    answerExamples: {
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
            message:
              'The account was connected without the permission instagram_manage_engagement.',
            fix: 'Ask an administrator to reconnect the Instagram account and grant instagram_manage_engagement.',
          },
          { name: 'comment', possible: true },
          { name: 'hide', possible: true },
          { name: 'delete', possible: true },
          { name: 'private_reply', possible: true },
        ],
      },
    },
  })
  get(@ProxyCall(AccountClientData) call: ProxyCall<AccountClientData>): Promise<AccountAnswer> {
    return this.accounts.get(call);
  }
}
