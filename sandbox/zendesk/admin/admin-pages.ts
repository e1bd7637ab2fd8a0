import type { Manifest } from '../integration.js';
import { escapeHtml } from '../../escape-html.js';
import type { IntegrationInstance } from '../tickets.js';

/** The accounts of one Zendesk. */
export function accountsBody(
  subdomain: string,
  subdomains: readonly string[],
  { name }: Manifest,
  accounts: readonly IntegrationInstance[],
): string {
  const link = (each: string): string =>
    `<a href="/admin/${each}"${each === subdomain ? ' aria-current="page"' : ''}>${each}.zendesk.com</a>`;
  const state = ({ active, needsUpdate }: IntegrationInstance): string =>
    needsUpdate ? 'Must be connected anew' : active ? 'Active' : 'Switched off';
  return `<p class="breadcrumb">Apps and integrations › Channel apps › ${escapeHtml(name)} › Accounts</p>
<p>Of which Zendesk: ${subdomains.map(link).join(' · ')}</p>
<h1>Accounts</h1>
<p><a class="button" href="/admin/${escapeHtml(subdomain)}/accounts/new">Add account</a></p>
${
  accounts.length === 0
    ? '<p>No account is connected yet.</p>'
    : `<table>
<thead><tr><th scope="col">Name</th><th scope="col">State</th><th scope="col">Actions</th></tr></thead>
<tbody>
${accounts
  .map(
    (account) => `<tr>
<td>${escapeHtml(account.name)}</td>
<td>${state(account)}</td>
<td><a href="/admin/${escapeHtml(subdomain)}/accounts/${account.id}/edit">Edit</a></td>
</tr>`,
  )
  .join('\n')}
</tbody>
</table>`
}`;
}

/** The frame, and the form by which the admin's browser asks the integration for its page. */
export function editorBody(adminUi: string, fields: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  const docs = escapeHtml(new URL('/docs', adminUi).href);
  return `<p><a href="/admin/${escapeHtml(fields.subdomain ?? '')}">‹ Accounts</a></p>
<p class="breadcrumb">Nothing below? Open <a href="${docs}" target="_blank" rel="noopener">${docs}</a> once and accept its certificate.</p>
<iframe class="integration" name="integration" title="The integration's page"></iframe>
<form id="editor" method="post" action="${escapeHtml(adminUi)}" target="integration">
${inputs.join('\n')}
</form>
<script>document.getElementById('editor').submit();</script>`;
}

/** What stands in the frame for a moment when the account is stored: it leads the whole window back to the list. */
export function finalizedPage(subdomain: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Saved</title></head>
<body><p>Saved.</p><script>window.top.location.href = ${JSON.stringify(`/admin/${encodeURIComponent(subdomain)}`)};</script></body></html>
`;
}

export function refusedPage(faults: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not saved</title></head>
<body><h1>Zendesk did not take the account</h1><ul>${faults.map((fault) => `<li>${escapeHtml(fault)}</li>`).join('')}</ul></body></html>
`;
}
