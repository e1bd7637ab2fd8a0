/** Tells an admin how an account is made ready while this page cannot do it itself. */
export const ADMIN_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Connect an Instagram account</title>
<style>
  body { font: 14px/1.5 system-ui, sans-serif; color: #2f3941; margin: 2rem auto; max-width: 40rem; padding: 0 1rem }
  h1 { font-size: 1.4rem; font-weight: 600 }
  pre { background: #f8f9f9; border: 1px solid #d8dcde; border-radius: 4px; padding: .75rem; overflow-x: auto }
  li { margin: .5rem 0 }
</style>
</head>
<body>
<main>
<h1>Connect an Instagram account</h1>
<p>Accounts are not connected on this page yet. The operator of this service makes an account ready by command, where
the service is installed:</p>
<ol>
<li>Write the account into <code>account.json</code>: its ids, its token and what the token may do.
<pre>{
  "dialect": "facebook_login",
  "ig_user_id": "17841405309211844",
  "username": "omniwear",
  "user_token": "…",
  "scopes": ["instagram_basic", "instagram_manage_engagement"],
  "subdomain": "omniwear"
}</pre></li>
<li>Seal it with the service's own key, <code>CREDENTIALS_KEYS</code>:
<pre>npm run --silent metadata -- seal &lt; account.json</pre></li>
<li>Delete <code>account.json</code>. What the command printed is the account's metadata: only this service can open it,
and Zendesk keeps it.</li>
</ol>
</main>
</body>
</html>
`;
