import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Configuration } from '../../config/index.js';
import { ASSETS } from '../assets.js';
import { html, type Html } from '../../common/http/html.js';
import { type Language, Messages } from '../messages.js';
import { SetupSeals } from '../setup-seals.js';
import { renderAccount } from './account.view.js';
import { renderChoose } from './choose.view.js';
import { renderConnect } from './connect.view.js';
import { renderError } from './error.view.js';
import { renderHandOver } from './hand-over.view.js';
import { renderLoggedIn } from './logged-in.view.js';
import { renderMoveOn } from './move-on.view.js';
import { renderNoLogin } from './no-login.view.js';
import { type PagePlace, toPageHeaders, toPlace } from './page-place.js';
import type { AnyView } from './view.js';

const NONCE_BYTES = 16;

/** Title and body of a page. */
interface Content {
  readonly title: string;
  readonly body: Html;
}

/** Sends a view as a page, with the place, the policy and the status that belong to it. */
@Injectable()
export class PageRenderer {
  constructor(
    private readonly seals: SetupSeals,
    @Inject(Configuration)
    private readonly configuration: Pick<Configuration, 'zendeskLoopbackOrigin'>,
  ) {}

  async send(reply: FastifyReply, view: AnyView): Promise<void> {
    const language = 'setup' in view ? view.setup.language : view.language;
    const content = await this.render(view, new Messages(language));
    const place = toPlace(view);
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    void reply
      .status(toStatus(view))
      .headers(toPageHeaders(place, nonce, this.configuration.zendeskLoopbackOrigin))
      .send(toDocument(content, { language, place, nonce }).text);
  }

  private async render(view: AnyView, messages: Messages): Promise<Content> {
    const { t } = messages;
    switch (view.kind) {
      case 'connect': {
        const body = renderConnect(view, await this.seals.seal(view.setup), messages);
        return { title: t('connect.title'), body };
      }
      case 'choose': {
        const body = renderChoose(view, await this.seals.seal(view.setup), messages);
        return { title: t('accounts.title'), body };
      }
      case 'account': {
        const { username } = view.setup.account;
        const body = renderAccount(view, await this.seals.seal(view.setup), messages);
        return { title: t('account.title', { username }), body };
      }
      case 'hand_over':
        return { title: t('hand_over.title'), body: renderHandOver(view, t) };
      case 'move_on': {
        const title = t('window.move_on_title', { zendesk: view.zendesk });
        return { title, body: renderMoveOn(view, t) };
      }
      case 'logged_in':
        return { title: t('window.done_title'), body: renderLoggedIn(view, t) };
      case 'no_login':
        return { title: t(view.title), body: renderNoLogin(view, t) };
      case 'error':
        return { title: t('error.title'), body: renderError(view, t) };
    }
  }
}

function toStatus(view: AnyView): number {
  if (view.kind === 'error') return view.status;
  return view.kind === 'no_login' ? 400 : 200;
}

function toDocument(
  { title, body }: Content,
  { language, place, nonce }: { language: Language; place: PagePlace; nonce: string },
): Html {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="${ASSETS.style.path}" nonce="${nonce}" />
        <script src="${ASSETS.script.path}" nonce="${nonce}" defer></script>
      </head>
      <body data-place="${place.kind}">
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
}
