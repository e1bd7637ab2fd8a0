import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { ServiceError } from '../../common/errors/service-error.js';
import { Configuration } from '../../config/index.js';
import type { AccountFields } from '../../credentials/account.dto.js';
import { CredentialsService } from '../../credentials/credentials.service.js';
import { toAccount } from '../../credentials/to-account.js';
import type { AdminUiForm } from '../admin-ui.dto.js';
import { toKeptSettings } from '../connection/connect-account.js';
import { ConnectionInspector } from '../connection/connection-inspector.js';
import { pickLanguage } from '../messages.js';
import { findReturnUrlProblem } from '../return-url.js';
import { newRandomId, type Setup } from '../setup.js';
import { SetupError } from '../setup-error.js';
import { StepDeadlines } from '../step-deadlines.js';
import { errorNotice } from '../views/notice.js';
import type { View } from '../views/view.js';
import { NextViews } from './next-views.js';

/** Zendesk frames the first page, to add an account or to edit one. */
@Injectable()
export class OpenStep {
  constructor(
    private readonly deadlines: StepDeadlines,
    private readonly configuration: Configuration,
    private readonly credentials: CredentialsService,
    private readonly inspector: ConnectionInspector,
    private readonly clock: Clock,
    private readonly next: NextViews,
  ) {}

  async run(form: AdminUiForm, address: string): Promise<View> {
    const deadline = this.deadlines.start();
    const setup = this.begin(form);
    const { metadata = '' } = form;
    // Zendesk's samples send the word `null` for a new account.
    if (metadata === '' || metadata === 'null') return this.next.connect(setup);
    const account = await this.openMetadata(metadata);
    if (account === undefined) {
      return this.next.connect(setup, errorNotice('notice.unreadable'));
    }
    const edited: Setup = { ...setup, editedId: account.ig_user_id };
    // The Zendesk was renamed, or another Zendesk sends a copy. The tokens are not used.
    if (account.subdomain !== undefined && account.subdomain !== setup.subdomain) {
      return this.next.connect(
        { ...edited, kept: toKeptSettings(account) },
        { kind: 'info', message: 'notice.other_zendesk' },
      );
    }
    const inspection = await this.inspector.inspectWithinBudget(
      toAccount(account),
      address,
      deadline,
    );
    return this.next.account({ ...edited, account }, { inspection }, deadline);
  }

  /** @throws {SetupError} if the account may not be sent to the return address. */
  private begin(form: AdminUiForm): Setup {
    const language = pickLanguage(form.locale);
    const { subdomain, return_url: returnUrl, name = '', state = '' } = form;
    const { zendeskLoopbackOrigin } = this.configuration;
    const problem = findReturnUrlProblem(returnUrl, subdomain, zendeskLoopbackOrigin);
    if (problem !== undefined) throw new SetupError(`error.${problem}`, language);
    return {
      id: newRandomId(),
      begunAt: this.clock.now(),
      language,
      subdomain,
      returnUrl,
      name,
      state,
      editedId: undefined,
      kept: undefined,
      token: undefined,
      account: undefined,
      metaUserId: undefined,
    };
  }

  private async openMetadata(metadata: string): Promise<AccountFields | undefined> {
    try {
      return await this.credentials.openFields(metadata);
    } catch (failure) {
      if (failure instanceof ServiceError) return undefined;
      throw failure;
    }
  }
}
