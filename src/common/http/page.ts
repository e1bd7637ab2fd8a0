/** Headers of the plain pages: no script, nothing from elsewhere, in nobody's frame. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const;

/** A text as part of a page. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

/** A plain page in Zendesk's colours. Both texts are HTML; what is not written in the code must be escaped in them. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  body { font: 14px/1.5 system-ui, sans-serif; color: #2f3941; margin: 2rem auto; max-width: 40rem; padding: 0 1rem }
  h1 { font-size: 1.4rem; font-weight: 600 }
  pre { background: #f8f9f9; border: 1px solid #d8dcde; border-radius: 4px; padding: .75rem; overflow-x: auto }
  li { margin: .5rem 0 }
  a { color: #1f73b7 }
  table { border-collapse: collapse; width: 100% }
  th, td { border-bottom: 1px solid #d8dcde; padding: .5rem; text-align: left; vertical-align: top }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}
