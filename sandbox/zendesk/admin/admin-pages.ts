import { escapeHtml } from '../../escape-html.js';
import type { Manifest } from '../integration.js';
import type { IntegrationInstance } from '../tickets.js';

/** The accounts of one Zendesk. */
export function buildAccountsBody(
  subdomain: string,
  subdomains: readonly string[],
  { name }: Manifest,
  accounts: readonly IntegrationInstance[],
): string {
  const home = `/admin/${escapeHtml(subdomain)}`;
  const toLink = (each: string): string => {
    const current = each === subdomain ? ' aria-current="page"' : '';
    return `<a href="/admin/${each}"${current}>${each}.zendesk.com</a>`;
  };
  const toState = ({ active, needsUpdate }: IntegrationInstance): string =>
    needsUpdate ? 'Must be reconnected' : active ? 'Active' : 'Deactivated';
  const toRow = (account: IntegrationInstance): string => `<tr>
<td>${escapeHtml(account.name)}</td>
<td>${toState(account)}</td>
<td><a href="${home}/accounts/${account.id}/edit">Edit</a></td>
</tr>`;
  const path = ['Apps and integrations', 'Channel apps', escapeHtml(name), 'Accounts'];
  return `<p class="breadcrumb">${path.join(' › ')}</p>
<p>Zendesk: ${subdomains.map(toLink).join(' · ')}</p>
<h1>Accounts</h1>
<p><a class="button" href="${home}/accounts/new">Add account</a></p>
${
  accounts.length === 0
    ? '<p>No account is connected yet.</p>'
    : `<table>
<thead><tr>
<th scope="col">Name</th><th scope="col">State</th><th scope="col">Actions</th>
</tr></thead>
<tbody>
${accounts.map(toRow).join('\n')}
</tbody>
</table>`
}`;
}

/** The frame for the integration's page, and the form with which the browser requests that page. */
export function buildEditorBody(adminUi: string, fields: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  const docs = escapeHtml(new URL('/docs', adminUi).href);
  return `<p><a href="/admin/${escapeHtml(fields.subdomain ?? '')}">‹ Accounts</a></p>
<p class="breadcrumb">Nothing below? Open
<a href="${docs}" target="_blank" rel="noopener">${docs}</a> once and accept its certificate.</p>
<iframe class="integration" name="integration" title="The integration's page"></iframe>
<form id="editor" method="post" action="${escapeHtml(adminUi)}" target="integration">
${inputs.join('\n')}
</form>
<script>document.getElementById('editor').submit();</script>`;
}

/** The frame's page after the account is stored. Its script opens the list in the whole window. */
export function buildFinalizedPage(subdomain: string): string {
  const list = JSON.stringify(`/admin/${encodeURIComponent(subdomain)}`);
  return buildFramedPage(
    'Saved',
    `<p>Saved.</p><script>window.top.location.href = ${list};</script>`,
  );
}

export function buildRejectedPage(problems: readonly string[]): string {
  const items = problems.map((problem) => `<li>${escapeHtml(problem)}</li>`);
  return buildFramedPage(
    'Not saved',
    `<h1>Zendesk rejected the account</h1><ul>${items.join('')}</ul>`,
  );
}

function buildFramedPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body>${body}</body></html>
`;
}
