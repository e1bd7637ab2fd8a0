import { escapeHtml } from '../escape-html.js';

/** The two parts of the stand-in that have pages. */
export type Area = 'agent' | 'admin';

/** Builds a page with the links between the two areas. `body` is HTML. */
export function buildPage(area: Area, title: string, body: string): string {
  const link = (to: Area, name: string): string =>
    `<a href="/${to}"${to === area ? ' aria-current="page"' : ''}>${name}</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Zendesk's stand-in</title>
<link rel="stylesheet" href="/zendesk.css">
</head>
<body>
<nav aria-label="Zendesk">${link('agent', 'Agent workspace')} ${link('admin', 'Admin Center')}</nav>
<main>
${body}
</main>
</body>
</html>
`;
}
