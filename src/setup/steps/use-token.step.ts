import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Budget } from '../../common/http/budget.js';
import type { Deadline } from '../../common/deadline.js';
import { VISIBLE_ASCII } from '../../domain/formats.js';
import { Secret } from '../../domain/secret.js';
import { MetaLogin } from '../../instagram/meta-login.js';
import type { TokenFacts } from '../../instagram/token-facts.js';
import { LOGIN_VALID_MS } from '../../ledger/accounts/pending-logins.js';
import { type SharedBudget, SharedBudgets } from '../../ledger/budgets/shared-budgets.js';
import type { TokenForm } from '../admin-ui.dto.js';
import { isShortLived } from '../connection/connect-account.js';
import type { StepCall } from '../step-call.js';
import { errorNotice } from '../views/notice.js';
import type { View } from '../views/view.js';
import { LoginAccounts } from './login-accounts.js';
import { NextViews } from './next-views.js';

/** Tokens pasted by one network per `BUDGET_MS`. Each costs calls to Meta. */
const TOKENS_MAX = 30;
const BUDGET_MS = LOGIN_VALID_MS;

/** The admin pastes a token instead of logging in. */
@Injectable()
export class UseTokenStep {
  private readonly budget: SharedBudget;

  constructor(
    private readonly meta: MetaLogin,
    private readonly clock: Clock,
    private readonly accounts: LoginAccounts,
    private readonly next: NextViews,
    budgets: SharedBudgets,
  ) {
    this.budget = budgets.create('tokens', new Budget(TOKENS_MAX, BUDGET_MS));
  }

  async run(call: StepCall<TokenForm>): Promise<View> {
    const { form, address, deadline } = call;
    const text = form.token.trim();
    // A token travels in an HTTP header.
    if (!VISIBLE_ASCII.test(text)) return this.next.restart(call, errorNotice('notice.bad_token'));
    if (!(await this.budget.spend(address))) {
      return this.next.restart(call, errorNotice('notice.too_many_tokens'));
    }
    return this.next.restartOnFailure(call, async () => {
      const pasted = new Secret(text);
      const facts = await this.meta.inspectTokenOfAnyApp(pasted, deadline);
      const { appId } = this.meta;
      if (appId !== undefined && (facts.appId ?? appId) !== appId) {
        return this.next.restart(call, errorNotice('notice.other_app'));
      }
      if (!facts.isValid) return this.next.restart(call, errorNotice('notice.ended_token'));
      const longLived = await this.ensureLongLived(pasted, facts, deadline);
      return this.accounts.show(call, longLived.token, longLived.facts);
    });
  }

  /** Exchanges a token of hours for one of about 60 days, if it is a user's token of this app. */
  private async ensureLongLived(
    token: Secret,
    facts: TokenFacts,
    deadline: Deadline,
  ): Promise<{ token: Secret; facts: TokenFacts }> {
    const isOwn = facts.appId !== undefined && facts.appId === this.meta.appId;
    if (!isShortLived(facts, this.clock.now()) || facts.type !== 'USER' || !isOwn) {
      return { token, facts };
    }
    const longer = await this.meta.extendToken(token, deadline);
    return { token: longer, facts: await this.meta.inspect(longer, deadline) };
  }
}
