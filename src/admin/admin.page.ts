import { page } from '../common/http/page.js';

/** Tells an admin how an account is made ready while this page cannot do it itself. */
export const ADMIN_PAGE = page(
  'Connect an Instagram account',
  `<p>Accounts are not connected on this page yet. The operator of this service makes an account ready by command, where
the service is installed:</p>
<ol>
<li>Write the account into <code>account.json</code>: its ids, its token and what the token may do.
<pre>{
  "dialect": "facebook_login",
  "ig_user_id": "17841405309211844",
  "username": "omniwear",
  "page_id": "104726215849013",
  "user_token": "…",
  "page_token": "…",
  "scopes": ["instagram_basic", "instagram_manage_comments", "instagram_manage_engagement"],
  "subdomain": "omniwear"
}</pre></li>
<li>Seal it with the service's own key, <code>CREDENTIALS_KEYS</code>:
<pre>npm run --silent metadata -- seal &lt; account.json</pre></li>
<li>Delete <code>account.json</code>. What the command printed is the account's metadata: only this service can open it,
and Zendesk keeps it.</li>
</ol>`,
);
