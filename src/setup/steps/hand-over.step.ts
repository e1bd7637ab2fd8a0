import { Injectable } from '@nestjs/common';
import { type AccountFields, BACKFILL_DAYS_MAX } from '../../credentials/account.dto.js';
import { CredentialsService, SealingError } from '../../credentials/credentials.service.js';
import { BACKFILL_DAYS } from '../../credentials/to-account.js';
import { ConnectedAccounts } from '../../ledger/accounts/connected-accounts.js';
import { MetaUsers } from '../../ledger/accounts/meta-users.js';
import type { FinishForm } from '../admin-ui.dto.js';
import { requireAccount, type Setup } from '../setup.js';
import type { StepCall } from '../step-call.js';
import type { AccountSettings } from '../views/account-settings.js';
import { errorNotice } from '../views/notice.js';
import type { View } from '../views/view.js';
import { NextViews } from './next-views.js';

/** The account is sealed and handed over to Zendesk. */
@Injectable()
export class HandOverStep {
  constructor(
    private readonly credentials: CredentialsService,
    private readonly metaUsers: MetaUsers,
    private readonly accounts: ConnectedAccounts,
    private readonly next: NextViews,
  ) {}

  async run({ form, setup: opened, deadline, note }: StepCall<FinishForm>): Promise<View> {
    const setup = requireAccount(opened);
    const { account, subdomain, metaUserId, editedId } = setup;
    const igUserId = account.ig_user_id;
    const settings = toSettings(form);
    const { name, threads, backfillDays, errors } = settings;
    if (errors.name === true || errors.backfillDays === true) {
      return this.next.account(setup, { settings }, deadline);
    }
    const metadata = await this.seal({
      ...account,
      threads,
      backfill_days: backfillDays === '' ? BACKFILL_DAYS : Number(backfillDays),
      subdomain,
    });
    if (metadata === undefined) {
      note({ account: igUserId, outcome: 'too_long' });
      const notice = errorNotice('notice.too_long');
      return this.next.account(setup, { settings, notice }, deadline);
    }
    if (metaUserId !== undefined) await this.metaUsers.remember(metaUserId, igUserId);
    await this.noteRename(setup, igUserId);
    note({ account: igUserId, outcome: 'handed_over' });
    // The state records how far one account was read; another account starts without it.
    const isSame = editedId === undefined || editedId === igUserId;
    return {
      kind: 'hand_over',
      setup,
      fields: { name, metadata, state: isSame ? setup.state : '' },
    };
  }

  /** A login for the same account proves that its Zendesk was renamed. Its tickets stay known. */
  private async noteRename({ kept, subdomain }: Setup, igUserId: string): Promise<void> {
    if (kept?.ig_user_id !== igUserId) return;
    await this.accounts.noteName({ igUserId, subdomain: kept.subdomain }, subdomain);
  }

  /** Undefined if it is longer than Zendesk stores. Meta sets no limit for its tokens. */
  private async seal(account: AccountFields): Promise<string | undefined> {
    try {
      return await this.credentials.seal(account);
    } catch (failure) {
      if (failure instanceof SealingError) return undefined;
      throw failure;
    }
  }
}

function toSettings(form: FinishForm): AccountSettings {
  const name = form.name.trim();
  const backfillDays = (form.backfill_days ?? '').trim();
  const isDays = /^\d{0,3}$/.test(backfillDays) && Number(backfillDays) <= BACKFILL_DAYS_MAX;
  return {
    name,
    threads: form.threads,
    backfillDays,
    errors: { name: name === '', backfillDays: !isDays },
  };
}
