import { ProxyCall } from '../proxy-call.js';
import { ProxyController, ProxyRoute } from '../proxy-route.decorator.js';
import { AccountAnswer } from './account-answer.dto.js';
import { AccountClientData } from './account-client-data.dto.js';
import { ACCOUNT_EXAMPLES } from './account.examples.js';
import { AccountService } from './account.service.js';

@ProxyController('account')
export class AccountController {
  constructor(private readonly accounts: AccountService) {}

  @ProxyRoute({
    summary: 'Return the acting account and its abilities',
    description: 'Asks Instagram, so an ended login is reported.',
    clientData: AccountClientData,
    answers: [AccountAnswer],
    examples: ACCOUNT_EXAMPLES,
  })
  get(@ProxyCall(AccountClientData) call: ProxyCall<AccountClientData>): Promise<AccountAnswer> {
    return this.accounts.get(call);
  }
}
