import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Secret } from '../../domain/secret.js';
import { MetaLogin } from '../../instagram/meta-login.js';
import type { ChoiceForm } from '../admin-ui.dto.js';
import { connectAccount } from '../connection/connect-account.js';
import { SetupError } from '../setup-error.js';
import type { StepCall } from '../step-call.js';
import { errorNotice } from '../views/notice.js';
import type { View } from '../views/view.js';
import { NextViews } from './next-views.js';

/** The admin chooses one of several accounts. */
@Injectable()
export class ChooseAccountStep {
  constructor(
    private readonly meta: MetaLogin,
    private readonly clock: Clock,
    private readonly next: NextViews,
  ) {}

  async run(call: StepCall<ChoiceForm>): Promise<View> {
    const { form, setup, deadline } = call;
    if (setup.token === undefined) throw new SetupError('error.expired', setup.language);
    const token = new Secret(setup.token);
    return this.next.restartOnFailure(call, async () => {
      const facts = await this.meta.inspect(token, deadline);
      const { accounts } = await this.meta.listAccounts(token, facts, deadline);
      const account = accounts.find(({ igUserId }) => igUserId === form.ig_user_id);
      if (account === undefined) {
        return { kind: 'choose', setup, accounts, notice: errorNotice('notice.unknown_account') };
      }
      const connected = connectAccount(setup, { token, facts, account }, this.clock.now());
      return this.next.account(connected, { facts }, deadline);
    });
  }
}
