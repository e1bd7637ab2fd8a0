import { Injectable } from '@nestjs/common';
import { SealedNotes } from '../../credentials/sealed-notes.js';
import { Secret } from '../../domain/secret.js';
import { MetaLogin } from '../../instagram/meta-login.js';
import { type LoginProgress, PendingLogins } from '../../ledger/accounts/pending-logins.js';
import type { ContinueForm } from '../admin-ui.dto.js';
import type { MessageKey } from '../messages.js';
import { toLoginOwner } from '../setup.js';
import type { StepCall } from '../step-call.js';
import { errorNotice } from '../views/notice.js';
import type { View } from '../views/view.js';
import { LoginAccounts } from './login-accounts.js';
import type { LoginNote } from './login-note.js';
import { LoginRedirect } from './login-redirect.js';
import { NextViews } from './next-views.js';

const PROGRESS_NOTICES: Readonly<Record<LoginProgress, MessageKey>> = {
  open: 'notice.not_yet',
  returned: 'notice.code_missing',
  refused: 'notice.refused',
  gone: 'notice.gone',
};
const FAILURE_NOTICES = {
  wrong_confirmation: 'notice.wrong_code',
  gone: 'notice.gone',
} as const satisfies Record<string, MessageKey>;

/**
 * The page continues after the login. The code of the login window proves that one person uses
 * both.
 */
@Injectable()
export class ContinueLoginStep {
  constructor(
    private readonly notes: SealedNotes,
    private readonly meta: MetaLogin,
    private readonly logins: PendingLogins,
    private readonly redirect: LoginRedirect,
    private readonly accounts: LoginAccounts,
    private readonly next: NextViews,
  ) {}

  async run(call: StepCall<ContinueForm>): Promise<View> {
    const owner = toLoginOwner(call.setup);
    const confirmation = normaliseConfirmation(call.form.confirmation);
    if (confirmation === '') {
      const progress = await this.logins.progress(owner);
      return this.next.restart(call, errorNotice(PROGRESS_NOTICES[progress]));
    }
    const redeemed = await this.logins.redeem(owner, confirmation);
    if ('failure' in redeemed) {
      return this.next.restart(call, errorNotice(FAILURE_NOTICES[redeemed.failure]));
    }
    const note = await this.notes.open<LoginNote>('ig-log-in+jwe', redeemed.sealedCode);
    // The key that sealed it is no longer configured.
    if (note === undefined) return this.next.restart(call, errorNotice('notice.gone'));
    return this.next.restartOnFailure(call, async () => {
      const { deadline } = call;
      const token = await this.meta.exchangeCode(
        new Secret(note.code),
        this.redirect.uri,
        deadline,
      );
      return this.accounts.show(call, token, await this.meta.inspect(token, deadline));
    });
  }
}

/** Accepts lower case, spaces and hyphens, as people type the code. */
function normaliseConfirmation(typed = ''): string {
  return typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
}
