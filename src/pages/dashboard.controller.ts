import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AnswersWithin, DEFAULT_DEADLINE_MS } from '../common/http/deadline.interceptor.js';
import { type Html, html } from '../common/http/html.js';
import { HtmlPage } from '../common/http/html-page.decorator.js';
import { page } from '../common/http/page.js';
import { isoTime } from '../common/iso-time.js';
import { needsReconnection } from '../domain/error-codes.js';
import { Gate } from '../gate/gate.js';
import { type Hold, WHOLE_APP } from '../gate/hold.js';
import {
  type ConnectedAccount,
  ConnectedAccounts,
  type PullOutcome,
} from '../ledger/accounts/connected-accounts.js';

/** The last digits let an admin recognise an account and do not identify it to others. */
const SHOWN_DIGITS = 4;

const NO_ACCOUNT = html`<p>
  No account is connected yet. Add one in Zendesk's Admin Center, under Apps and integrations,
  Channel apps.
</p>`;

@ApiTags('Zendesk integration')
@AnswersWithin(DEFAULT_DEADLINE_MS)
@Controller('dashboard')
export class DashboardController {
  constructor(
    private readonly accounts: ConnectedAccounts,
    private readonly gate: Gate,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'A page that shows the state of the connected accounts',
    description:
      'Zendesk links to it without authentication, so it shows only the last digits of ' +
      'account ids.',
  })
  @HtmlPage()
  async dashboard(): Promise<string> {
    const accounts = await this.accounts.list();
    if (accounts.length === 0) return page('Connected accounts', NO_ACCOUNT);
    return page('Connected accounts', table(accounts, await this.gate.listHolds()));
  }
}

function table(accounts: readonly ConnectedAccount[], holds: readonly Hold[]): Html {
  const state = (isActive: boolean, outcome: PullOutcome | undefined): string =>
    isActive ? describe(outcome) : 'Switched off in Zendesk.';
  const pauses = (igUserId: string, outcome: PullOutcome | undefined): Html[] =>
    describeHolds(holds, igUserId, outcome);
  const rows = accounts.map(
    ({ igUserId, isActive, pulledAt, outcome }) =>
      html`<tr>
        <td>…${igUserId.slice(-SHOWN_DIGITS)}</td>
        <td>${pulledAt === undefined ? 'Never' : formatTime(pulledAt)}</td>
        <td>${state(isActive, outcome)}${pauses(igUserId, outcome)}</td>
      </tr>`,
  );
  return html`<table>
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">Last read</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    <p>
      Zendesk asks for new comments about every two minutes. If the last time is long ago, Zendesk
      has stopped asking: check the account in its Admin Center.
    </p>`;
}

/** The pauses of calls for an account. A refused token counts only while pulls use it. */
function describeHolds(
  holds: readonly Hold[],
  igUserId: string,
  outcome: PullOutcome | undefined,
): Html[] {
  return holds
    .filter((hold) => hold.igUserId === igUserId || hold.igUserId === WHOLE_APP)
    .filter(({ cause }) => cause !== 'token' || outcome !== 'ok')
    .map(({ until }) => html` Calls to Instagram pause until ${formatTime(isoTime(until))}.`);
}

/** ISO 8601 in UTC, to the minute. */
function formatTime(at: string): Html {
  return html`<time datetime="${at}">${at.slice(0, 10)}, ${at.slice(11, 16)} UTC</time>`;
}

function describe(outcome: PullOutcome | undefined): string {
  switch (outcome) {
    case undefined:
      return 'Waiting for the first request from Zendesk.';
    case 'ok':
      return 'Works.';
    case 'comments_hidden':
      return (
        'Instagram counts comments and returns none. ' +
        'Usually the Meta app lacks Advanced Access.'
      );
    case 'auth_checkpoint':
      return "Waiting until the account's owner confirms a request from Meta at facebook.com.";
    case 'rate_limited':
    case 'action_blocked':
      return "Paused by Meta's limits. It resumes automatically.";
    default:
      return needsReconnection(outcome)
        ? 'Connect it again in Zendesk: its login has ended or lacks a permission.'
        : `Failed (${outcome}). The service retries; its log has the details.`;
  }
}
