import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Configuration } from '../config/index.js';
import { ASSETS } from './assets.js';
import { html, type Html } from '../common/http/html.js';
import type { Language } from './messages.js';

/** A page of the set-up. */
export interface AdminPage {
  /** In Zendesk's frame, or in the log-in's window, which nobody frames. */
  readonly place: 'frame' | 'window';
  readonly language: Language;
  readonly title: string;
  readonly body: Html;
  /** The subdomain of the Zendesk that may frame it; undefined where none is known, and so any may. */
  readonly subdomain?: string;
  /** The origin besides this service to which its forms lead. */
  readonly leadsTo?: string;
  readonly status?: number;
}

const NONCE_BYTES = 16;

/** Who frames a page that belongs to no Zendesk, and so holds nothing (Zendesk, "Administrative interface"). */
const ANY_ZENDESK = 'https://*.zendesk.com';

/**
 * Sends pages, each with a policy of its own: style and script with this answer's nonce alone, forms only to where they have to lead, framed by
 * its own Zendesk alone. There is no X-Frame-Options, which knows no list of hosts.
 */
@Injectable()
export class AdminPages {
  constructor(
    @Inject(Configuration)
    private readonly configuration: Pick<Configuration, 'zendeskLoopbackOrigin'>,
  ) {}

  send(reply: FastifyReply, page: AdminPage): void {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    const inFrame = page.place === 'frame';
    const policy = [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      `script-src 'nonce-${nonce}'`,
      // Garden draws its buttons' marks with pictures inside its style.
      'img-src data:',
      `connect-src ${inFrame ? "'self'" : "'none'"}`,
      "base-uri 'none'",
      `form-action ${inFrame ? ["'self'", page.leadsTo].filter(Boolean).join(' ') : "'none'"}`,
      `frame-ancestors ${inFrame ? this.framedBy(page) : "'none'"}`,
    ];
    void reply
      .status(page.status ?? 200)
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy.join('; '),
        'cache-control': 'no-store',
        // Zendesk may want to know which page sent the account, and needs no more than its origin.
        'referrer-policy': inFrame ? 'strict-origin' : 'no-referrer',
      })
      .send(markup(page, nonce).text);
  }

  private framedBy({ subdomain }: AdminPage): string {
    const zendesk = subdomain === undefined ? ANY_ZENDESK : `https://${subdomain}.zendesk.com`;
    return [zendesk, this.configuration.zendeskLoopbackOrigin].filter(Boolean).join(' ');
  }
}

function markup({ language, title, body, place }: AdminPage, nonce: string): Html {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="${ASSETS.style.path}" nonce="${nonce}" />
        <script src="${ASSETS.script.path}" nonce="${nonce}" defer></script>
      </head>
      <body data-place="${place}">
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
}
