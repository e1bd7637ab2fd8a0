import { escapeHtml, page } from '../common/http/page.js';
import type { Deletion } from '../ledger/deletion-requests.js';

/** What Zendesk keeps is beyond this service's reach, and is said alike wherever deletion is spoken of. */
const AT_ZENDESK = `<h2>What only Zendesk's administrator can delete</h2>
<ul>
<li>The connected account with its log-in, sealed: in Zendesk's Admin Center, Apps and integrations, Channel apps, under Accounts. While it is
there, Zendesk goes on calling this service about it. Once the access was taken away at Facebook, the log-in opens nothing any more.</li>
<li>The tickets made of comments, and the people who wrote them: in Zendesk itself.</li>
</ul>`;

export const PRIVACY_PAGE = page(
  'Privacy',
  `<p>This service connects a business's Instagram account with its Zendesk. It is run by, or for, the business whose agents answer there; ask that business about anything here.</p>
<h2>What is kept here</h2>
<ul>
<li>Of connected accounts: their Instagram ids, the Zendesk they belong to, how their last reading went, and which person, by an id that Meta made for this service alone, connected them.</li>
<li>Of posts and comments: their ids, the posts' addresses, whether the account likes them, which ticket they are in, which replies were posted, and the id of who wrote a comment.</li>
<li>While somebody logs in: Facebook's one-time code, sealed, for about 30 minutes.</li>
</ul>
<p>No text, no picture, no name and no log-in is kept. Comments pass through to Zendesk, where they become tickets.</p>
<h2>How it is deleted</h2>
<ul>
<li>What belongs to the accounts that you connected: remove the app at Facebook, under Settings, Apps and websites, and ask there for deletion. It is done at once, and Facebook shows you a page that says so. What belongs to an account that somebody else connected, too, stays for them.</li>
<li>What belongs to a person who commented: Zendesk's administrator deletes that person in
Zendesk, which reports it to this service. It is deleted at once. For 30 days, this service still
knows which comments were that person's, by a fingerprint of their id. Then that goes too.</li>
</ul>
${AT_ZENDESK}`,
);

/** What became of a deletion that Meta asked for. */
export function deletionPage({ doneAt, accounts, shared }: Deletion): string {
  const deleted = `Everything was deleted that was kept here about the ${accounts === 1 ? 'account' : `${String(accounts)} accounts`} that you alone connected, and that it was you.`;
  const stayed = `${shared === 1 ? '1 account is' : `${String(shared)} accounts are`} still connected by somebody else: what is kept about ${shared === 1 ? 'it' : 'them'} stayed, and it was deleted that you connected ${shared === 1 ? 'it' : 'them'}, too.`;
  const what =
    accounts + shared === 0
      ? ['Nothing was kept here about accounts that you connected.']
      : [...(accounts > 0 ? [deleted] : []), ...(shared > 0 ? [stayed] : [])];
  return page(
    'Your data was deleted',
    `<p>${escapeHtml(what.join(' '))} That was done on <time>${escapeHtml(doneAt)}</time>. Of the request, its time, these numbers and a fingerprint of its code are kept for 90 days, so that this page can say so.</p>
${AT_ZENDESK}`,
  );
}
