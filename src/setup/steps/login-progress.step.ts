import { Injectable } from '@nestjs/common';
import { type LoginProgress, PendingLogins } from '../../ledger/accounts/pending-logins.js';
import type { SetupForm } from '../admin-ui.dto.js';
import { toLoginOwner } from '../setup.js';
import { SetupSeals } from '../setup-seals.js';

/** The page's script asks how far the login is. */
@Injectable()
export class LoginProgressStep {
  constructor(
    private readonly seals: SetupSeals,
    private readonly logins: PendingLogins,
  ) {}

  async run(form: SetupForm): Promise<LoginProgress> {
    const setup = await this.seals.open(form.set_up);
    return setup === undefined ? 'gone' : this.logins.progress(toLoginOwner(setup));
  }
}
