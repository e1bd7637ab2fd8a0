import { html } from '../common/http/html.js';
import { page } from '../common/http/page.js';
import type { Deletion } from '../ledger/deletion/deletion-requests.js';

/** Both pages about deletion name the data that this service cannot delete. */
const AT_ZENDESK = html`<h2>What only Zendesk's administrator can delete</h2>
  <ul>
    <li>
      The connected account with its encrypted login. It is in Zendesk's Admin Center, under Apps
      and integrations, Channel apps, Accounts. While it is there, Zendesk keeps calling this
      service about the account. After you remove the app at Facebook, the login no longer works.
    </li>
    <li>The tickets made from comments, and the people who wrote them. They are in Zendesk.</li>
  </ul>`;

export const PRIVACY_PAGE = page(
  'Privacy',
  html`<p>
      This service connects the Instagram account of a business to its Zendesk. That business runs
      the service, or another company runs it for the business. If you have a question about your
      data, ask that business.
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
      <li>During a login: Facebook's one-time code, encrypted, for about 30 minutes.</li>
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
  const own = html`<li>
    Accounts that only you connected: ${accounts}. All data about them was deleted, and the record
    that you connected them.
  </li>`;
  const others = html`<li>
    Accounts that another person connected too: ${shared}. The data about them is kept for that
    person. The record that you connected them was deleted.
  </li>`;
  const nothing = html`<li>Nothing was stored here about accounts that you connected.</li>`;
  return page(
    'Your data was deleted',
    html`<p>The deletion was completed on <time>${doneAt}</time>.</p>
      <ul>
        ${accounts > 0 && own} ${shared > 0 && others} ${accounts + shared === 0 && nothing}
      </ul>
      <p>
        The time, these numbers and a fingerprint of the request's code are stored for 90 days, so
        this page can confirm the deletion.
      </p>
      ${AT_ZENDESK}`,
  );
}
