import { Injectable } from '@nestjs/common';
import { toNetworks } from '../../common/http/client-address.js';
import { MetaLogin } from '../../instagram/meta-login.js';
import { PendingLogins } from '../../ledger/accounts/pending-logins.js';
import { newRandomId, toLoginOwner, toZendeskHost } from '../setup.js';
import type { StepCall } from '../step-call.js';
import type { View } from '../views/view.js';
import { LoginRedirect } from './login-redirect.js';

/** The login window opens. Its page names the Zendesk and leads to Facebook after one click. */
@Injectable()
export class StartLoginStep {
  constructor(
    private readonly meta: MetaLogin,
    private readonly logins: PendingLogins,
    private readonly redirect: LoginRedirect,
  ) {}

  async run({ setup, address }: StepCall): Promise<View> {
    const { language, subdomain } = setup;
    if (this.meta.appId === undefined) {
      return {
        kind: 'no_login',
        language,
        title: 'window.void_title',
        text: 'connect.not_possible',
      };
    }
    // Facebook returns the state only, so it carries the window's language.
    const state = `${newRandomId()}.${language}`;
    const { site: network } = toNetworks(address);
    await this.logins.begin(toLoginOwner(setup), state, { network, subdomain });
    return {
      kind: 'move_on',
      language,
      zendesk: toZendeskHost(subdomain),
      dialogUrl: this.meta.dialogUrl(this.redirect.uri, state),
    };
  }
}
