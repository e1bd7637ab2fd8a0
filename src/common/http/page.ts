import { type Html, html } from './html.js';

/** Headers of the plain pages: no script, no foreign content, no frame. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const;

/** A plain page in Zendesk's colours. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          body {
            font:
              14px/1.5 system-ui,
              sans-serif;
            color: #2f3941;
            margin: 2rem auto;
            max-width: 40rem;
            padding: 0 1rem;
          }
          h1 {
            font-size: 1.4rem;
            font-weight: 600;
          }
          pre {
            background: #f8f9f9;
            border: 1px solid #d8dcde;
            border-radius: 4px;
            padding: 0.75rem;
            overflow-x: auto;
          }
          li {
            margin: 0.5rem 0;
          }
          a {
            color: #1f73b7;
          }
          table {
            border-collapse: collapse;
            width: 100%;
          }
          th,
          td {
            border-bottom: 1px solid #d8dcde;
            padding: 0.5rem;
            text-align: left;
            vertical-align: top;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.text;
}
