import { html } from '../common/http/html.js';
import { page } from '../common/http/page.js';
import type { Deletion } from '../ledger/meta-users.js';

/** This service cannot reach what Zendesk stores; every page about deletion says so. */
const AT_ZENDESK = html`<h2>What only Zendesk's administrator can delete</h2>
  <ul>
    <li>
      The connected account with its login, sealed: in Zendesk's Admin Center, Apps and
      integrations, Channel apps, under Accounts. As long as it is there, Zendesk keeps calling this
      service for it. Once you remove the app at Facebook, the login no longer works.
    </li>
    <li>The tickets created from comments, and the people who wrote them: in Zendesk itself.</li>
  </ul>`;

export const PRIVACY_PAGE = page(
  'Privacy',
  html`<p>
      This service connects a business's Instagram account with its Zendesk. The business whose
      agents answer there runs it, or has it run; ask that business about anything on this page.
    </p>
    <h2>What is stored here</h2>
    <ul>
      <li>
        About connected accounts: their Instagram ids, their Zendesk, the result of the last read,
        and an id of the person who connected them, which Meta made for this service alone.
      </li>
      <li>
        About posts and comments: their ids, the posts' addresses, whether the account likes them,
        the ticket they are in, the replies that were posted, and the id of a comment's author.
      </li>
      <li>During a login: Facebook's one-time code, sealed, for about 30 minutes.</li>
    </ul>
    <p>
      No text, picture, name or login is stored. Comments pass through to Zendesk, where they become
      tickets.
    </p>
    <h2>How it is deleted</h2>
    <ul>
      <li>
        Data about accounts that you connected: remove the app at Facebook, under Settings, Apps and
        websites, and request the deletion there. It happens at once, and Facebook links to a page
        that confirms it. If another person connected the same account, its data stays for them.
      </li>
      <li>
        Data about a person who commented: Zendesk's administrator deletes that person in Zendesk,
        which notifies this service. The data is deleted at once. For 30 days, this service still
        recognises the person's comments by a fingerprint of their id. Then it deletes that too.
      </li>
    </ul>
    ${AT_ZENDESK}`,
);

/** Confirms a deletion that Meta requested. */
export function deletionPage({ doneAt, accounts, shared }: Deletion): string {
  const deleted = `All data about accounts that only you connected was deleted, and the record that you connected them (accounts: ${String(accounts)}).`;
  const kept = `Another person has connected some of your accounts too: their data stays, and the record that you connected them was deleted (accounts: ${String(shared)}).`;
  const nothing = 'Nothing was stored here about accounts that you connected.';
  return page(
    'Your data was deleted',
    html`<p>
        ${accounts + shared === 0 && nothing} ${accounts > 0 && deleted} ${shared > 0 && kept} That
        was done on <time>${doneAt}</time>. The time, these numbers and a fingerprint of the
        request's code are stored for 90 days, so this page can confirm it.
      </p>
      ${AT_ZENDESK}`,
  );
}
