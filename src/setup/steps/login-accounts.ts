import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Secret } from '../../domain/secret.js';
import { MetaLogin } from '../../instagram/meta-login.js';
import type { TokenFacts } from '../../instagram/token-facts.js';
import { connectAccount, isShortLived } from '../connection/connect-account.js';
import type { StepCall } from '../step-call.js';
import { errorNotice, type Notice } from '../views/notice.js';
import type { View } from '../views/view.js';
import { NextViews } from './next-views.js';

/** Continues with the accounts of a token: connects the only one, or offers a choice. */
@Injectable()
export class LoginAccounts {
  constructor(
    private readonly meta: MetaLogin,
    private readonly clock: Clock,
    private readonly next: NextViews,
  ) {}

  async show(call: StepCall, token: Secret, facts: TokenFacts): Promise<View> {
    const { setup, deadline } = call;
    const { accounts, hasMore } = await this.meta.listAccounts(token, facts, deadline);
    const [first, second] = accounts;
    if (first === undefined || facts.scopes.length === 0) {
      const message = hasMore ? 'notice.many_pages' : 'notice.no_account';
      return this.next.restart(call, errorNotice(message));
    }
    const notice = this.warn(facts, hasMore);
    if (second !== undefined) {
      return { kind: 'choose', setup: { ...setup, token: token.reveal() }, accounts, notice };
    }
    const connected = connectAccount(setup, { token, facts, account: first }, this.clock.now());
    return this.next.account(connected, { facts, notice }, deadline);
  }

  private warn(facts: TokenFacts, hasMore: boolean): Notice | undefined {
    if (hasMore) return { kind: 'info', message: 'notice.more_pages' };
    const now = this.clock.now();
    const { dataAccessExpiresAt = 0 } = facts;
    if (dataAccessExpiresAt !== 0 && dataAccessExpiresAt * 1000 <= now) {
      return { kind: 'warning', message: 'notice.data_access_ended' };
    }
    // The token was exchanged before, if that is possible.
    return isShortLived(facts, now)
      ? { kind: 'warning', message: 'notice.short_token' }
      : undefined;
  }
}
