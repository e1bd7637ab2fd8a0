import { Injectable } from '@nestjs/common';
import type { Deadline } from '../../common/deadline.js';
import { BACKFILL_DAYS, THREADS_BY_DEFAULT, toAccount } from '../../credentials/to-account.js';
import { InstagramError } from '../../instagram/instagram-error.js';
import { MetaLogin } from '../../instagram/meta-login.js';
import { ConnectedAccounts } from '../../ledger/accounts/connected-accounts.js';
import { refreshAccount } from '../connection/connect-account.js';
import {
  ConnectionInspector,
  type Inspection,
  type KnownFacts,
} from '../connection/connection-inspector.js';
import { type ConnectedSetup, requireAccount, type Setup } from '../setup.js';
import type { StepCall } from '../step-call.js';
import type { AccountSettings } from '../views/account-settings.js';
import type { AccountView } from '../views/account.view.js';
import type { ConnectView } from '../views/connect.view.js';
import { errorNotice, type Notice } from '../views/notice.js';
import type { View } from '../views/view.js';

interface AccountViewParts extends KnownFacts {
  /** Made by the caller; by default, the account is inspected now. */
  readonly inspection?: Inspection;
  readonly notice?: Notice | undefined;
  readonly settings?: AccountSettings;
}

/** Builds the views to which several steps lead. */
@Injectable()
export class NextViews {
  constructor(
    private readonly meta: MetaLogin,
    private readonly inspector: ConnectionInspector,
    private readonly accounts: ConnectedAccounts,
  ) {}

  connect(setup: Setup, notice?: Notice): ConnectView {
    return { kind: 'connect', setup, canLogin: this.canLogin, notice };
  }

  async account(
    connected: ConnectedSetup,
    { inspection: made, notice, settings, ...known }: AccountViewParts,
    deadline: Deadline,
  ): Promise<AccountView> {
    const { account } = connected;
    const inspection = made ?? (await this.inspector.inspect(toAccount(account), known, deadline));
    const setup =
      inspection.kind === 'checked' ? refreshAccount(connected, inspection.facts) : connected;
    return {
      kind: 'account',
      setup,
      inspection,
      canLogin: this.canLogin,
      settings: settings ?? toSettings(connected),
      notice: notice ?? (await this.warnOfDuplicate(connected)),
    };
  }

  /** The view from which the admin can log in again. */
  async restart({ setup, deadline }: StepCall, notice: Notice): Promise<View> {
    return setup.account === undefined
      ? this.connect(setup, notice)
      : this.account(requireAccount(setup), { notice }, deadline);
  }

  /** Runs a step. If a call to Meta fails, the admin can log in again. */
  async restartOnFailure(call: StepCall, run: () => Promise<View>): Promise<View> {
    try {
      return await run();
    } catch (failure) {
      if (!(failure instanceof InstagramError)) throw failure;
      call.note({ outcome: failure.code, ...failure.log });
      return this.restart(call, errorNotice({ failure: failure.code }));
    }
  }

  private get canLogin(): boolean {
    return this.meta.appId !== undefined;
  }

  /** A second connection would get no tickets, because Zendesk skips comments that it has. */
  private async warnOfDuplicate(setup: ConnectedSetup): Promise<Notice | undefined> {
    const { editedId, subdomain, account } = setup;
    const igUserId = account.ig_user_id;
    if (editedId === igUserId) return undefined;
    return (await this.accounts.isActive({ igUserId, subdomain }))
      ? { kind: 'warning', message: 'account.twice' }
      : undefined;
  }
}

function toSettings({ name, account }: ConnectedSetup): AccountSettings {
  return {
    name: name === '' ? `@${account.username}` : name,
    threads: account.threads ?? THREADS_BY_DEFAULT,
    backfillDays: String(account.backfill_days ?? BACKFILL_DAYS),
    errors: {},
  };
}
