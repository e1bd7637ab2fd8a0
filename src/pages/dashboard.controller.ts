import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { needsReconnection } from '../domain/error-codes.js';
import { escapeHtml, page, PAGE_HEADERS } from '../common/http/page.js';
import {
  type ConnectedAccount,
  ConnectedAccounts,
  type PullOutcome,
} from '../ledger/connected-accounts.js';

/** Of an account's id, so much is shown: its admin knows it again, and nobody else learns whose it is. */
const SHOWN_DIGITS = 4;

const NOBODY = `<p>No account is connected yet. Add one in Zendesk's Admin Center, under Apps and integrations, Channel
apps.</p>`;

@ApiTags('Zendesk integration')
@Controller('dashboard')
export class DashboardController {
  constructor(private readonly accounts: ConnectedAccounts) {}

  @Get()
  @ApiOperation({
    summary: 'A page that shows how the connected accounts are doing',
    description:
      'Zendesk links to it without saying who asks, so it names nobody: of an account, the last digits of its id are shown.',
  })
  @ApiOkResponse({
    description: 'The page.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  @Header('content-type', PAGE_HEADERS['content-type'])
  @Header('content-security-policy', PAGE_HEADERS['content-security-policy'])
  @Header('referrer-policy', PAGE_HEADERS['referrer-policy'])
  @Header('cache-control', 'no-store')
  async dashboard(): Promise<string> {
    const accounts = await this.accounts.list();
    return page('Connected accounts', accounts.length === 0 ? NOBODY : table(accounts));
  }
}

function table(accounts: readonly ConnectedAccount[]): string {
  const rows = accounts.map(
    ({ igUserId, isActive, pulledAt, outcome }) => `<tr>
<td>…${escapeHtml(igUserId.slice(-SHOWN_DIGITS))}</td>
<td>${pulledAt === undefined ? 'Never' : timeOf(pulledAt)}</td>
<td>${isActive ? escapeHtml(meaningOf(outcome)) : 'Switched off in Zendesk.'}</td>
</tr>`,
  );
  return `<table>
<thead><tr><th scope="col">Account</th><th scope="col">Last read</th><th scope="col">State</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<p>Zendesk asks for new comments about every two minutes. Where the last time is long ago, Zendesk does not ask: look at
the account in its Admin Center.</p>`;
}

/** A moment in ISO 8601, UTC, to the minute. */
function timeOf(at: string): string {
  const text = escapeHtml(at);
  return `<time datetime="${text}">${text.slice(0, 10)}, ${text.slice(11, 16)} UTC</time>`;
}

function meaningOf(outcome: PullOutcome | undefined): string {
  switch (outcome) {
    case undefined:
      return 'Waiting for Zendesk to ask for the first time.';
    case 'ok':
      return 'Works.';
    case 'comments_hidden':
      return 'Instagram counts comments and returns none. Most often the Meta app lacks Advanced Access.';
    case 'auth_checkpoint':
      return "Waiting for the account's owner, of whom Meta asks something at facebook.com.";
    case 'rate_limited':
    case 'action_blocked':
      return "Held back by Meta's limits. It goes on by itself.";
    default:
      return needsReconnection(outcome)
        ? 'Connect it again in Zendesk: its login has ended or lacks a permission.'
        : `Failed (${outcome}). The service retries; its log has the details.`;
  }
}
