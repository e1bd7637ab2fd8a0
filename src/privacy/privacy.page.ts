import { escapeHtml, page } from '../common/http/page.js';
import type { Deletion } from '../ledger/deletion-requests.js';

/** Both pages about deletion name the data that this service cannot delete. */
const AT_ZENDESK = `<h2>What only Zendesk's administrator can delete</h2>
<ul>
<li>The connected account with its encrypted login. It is in Zendesk's Admin Center under Apps and
integrations, Channel apps, Accounts. While it is there, Zendesk keeps calling this service about
the account. After you remove the app at Facebook, the login no longer works.</li>
<li>The tickets made from comments, and the users who wrote them. They are in Zendesk itself.</li>
</ul>`;

export const PRIVACY_PAGE = page(
  'Privacy',
  `<p>This service connects the Instagram account of a business to its Zendesk. The business that
answers there runs the service, or another company runs it for that business. If you have a
question about your data, ask that business.</p>
<h2>What is stored here</h2>
<ul>
<li>About connected accounts: their Instagram ids, their Zendesk, the result of the last read, and
who connected them. People are stored by an id that Meta made for this service alone.</li>
<li>About posts and comments: their ids, the addresses of the posts, whether the account likes them,
which ticket they are in, which replies were posted, and the id of a comment's author.</li>
<li>During a login: Facebook's one-time code, encrypted, for about 30 minutes.</li>
</ul>
<p>No texts, pictures, names or logins are stored. Comments pass through to Zendesk, where they
become tickets.</p>
<h2>How it is deleted</h2>
<ul>
<li>Data about the accounts that you connected: remove the app at Facebook, under Settings, Apps and
websites, and request the deletion there. The data is deleted immediately, and Facebook shows you a
link to a page that confirms it. Data about an account that another person connected too is kept for
that person.</li>
<li>Data about a person who commented: Zendesk's administrator deletes that person in Zendesk, and
Zendesk reports it to this service. The data is deleted immediately. For 30 days, this service still
knows which comments were by that person, by a fingerprint of the person's id. Then that is deleted
too.</li>
</ul>
${AT_ZENDESK}`,
);

/** Shows the result of a deletion that Meta requested. */
export function deletionPage({ doneAt, accounts, shared }: Deletion): string {
  const results = [
    accounts > 0
      ? `Accounts that only you connected: ${String(accounts)}.
All data about them was deleted, and that you connected them.`
      : '',
    shared > 0
      ? `Accounts that another person connected too: ${String(shared)}.
The data about them is kept for that person. It was deleted that you connected them.`
      : '',
    accounts + shared === 0 ? 'No data about accounts that you connected was stored here.' : '',
  ].filter((result) => result !== '');
  return page(
    'Your data was deleted',
    `<p>The deletion was completed on <time>${escapeHtml(doneAt)}</time>.</p>
<ul>
${results.map((result) => `<li>${escapeHtml(result)}</li>`).join('\n')}
</ul>
<p>The time, these numbers and a fingerprint of the request's code are kept for 90 days, to show
this page.</p>
${AT_ZENDESK}`,
  );
}
