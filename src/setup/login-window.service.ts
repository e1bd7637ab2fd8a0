import { randomInt } from 'node:crypto';
import type { NoteFields } from '../common/http/note.decorator.js';
import { Inject, Injectable } from '@nestjs/common';
import { toNetworks } from '../common/http/client-address.js';
import { Configuration } from '../config/index.js';
import { SealedNotes } from '../credentials/sealed-notes.js';
import { MetaLogin } from '../instagram/meta-login.js';
import { PendingLogins, type ReturningLogin } from '../ledger/pending-logins.js';
import type { CallbackQuery } from './admin-ui.dto.js';
import type { AdminPage } from './admin-page.js';
import { type Language, pickLanguage, Messages, type MessageKey } from './messages.js';
import { loggedInBody, moveOnBody, noLoginBody } from './pages/window.page.js';
import { newSetupId, ownerOf, type Setup } from './setup.js';

/** Unambiguous characters. Eight give 40 bits; five attempts are allowed. */
const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CODE_CHARS = 8;

/** What is sealed while a login waits for its page. */
export interface LoginNote {
  /** Facebook's one-time code. */
  readonly code: string;
  /** The code that the window shows. */
  readonly confirmation: string;
}

/** The login's window: from the setup's page to Facebook, and back with a code for the page. */
@Injectable()
export class LoginWindow {
  constructor(
    private readonly notes: SealedNotes,
    private readonly meta: MetaLogin,
    private readonly logins: PendingLogins,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'publicUrl'>,
  ) {}

  /** Where Facebook returns to. */
  get redirectUri(): string {
    return `${this.configuration.publicUrl}/admin/log-in/callback`;
  }

  /** The window opens. Its page names the Zendesk and leads to Facebook by one click. */
  async begin(setup: Setup, address: string): Promise<AdminPage> {
    const { language, subdomain } = setup;
    if (this.meta.appId === undefined) {
      return windowPage(language, 'window.void_title', 'connect.not_possible');
    }
    // The answer brings no setup, so the state carries the window's language.
    const state = `${newSetupId()}.${language}`;
    const { site: network } = toNetworks(address);
    await this.logins.begin(ownerOf(setup), state, { network, subdomain });
    const say = new Messages(language);
    const zendesk = zendeskOf(subdomain);
    return {
      place: 'window',
      language,
      title: say.say('window.move_on_title', { zendesk }),
      body: moveOnBody(say, zendesk, this.meta.dialogUrl(this.redirectUri, state)),
    };
  }

  /**
   * The window returns from Facebook. The same answer may come twice, by a reload or a scanner of
   * links: it gets the same page, and the login is not lost.
   */
  async finish(query: CallbackQuery, note: NoteFields): Promise<AdminPage> {
    const language = pickLanguage(query.state.split('.')[1]);
    const login = await this.logins.find(query.state);
    if (login === undefined) return windowPage(language, 'window.void_title', 'window.void');
    const { code, error, error_code: errorCode } = query;
    if (error !== undefined || errorCode !== undefined || code === undefined || code === '') {
      return this.refuse(query, login, language, note);
    }
    const confirmation =
      login.outcome === 'open'
        ? await this.accept(query.state, code)
        : await this.repeat(login, code);
    if (confirmation === undefined) {
      // Two answers at the same moment: the other one was first.
      const now = await this.logins.find(query.state);
      const repeated = now && (await this.repeat(now, code));
      if (repeated !== undefined) return donePage(language, login, repeated);
      const key = now?.outcome === 'done' ? 'window.already_done' : 'window.void';
      return windowPage(language, 'window.void_title', key);
    }
    return donePage(language, login, confirmation);
  }

  private async accept(state: string, code: string): Promise<string | undefined> {
    const confirmation = newConfirmation();
    const note: LoginNote = { code, confirmation };
    const sealedCode = await this.notes.seal('ig-log-in+jwe', note);
    return (await this.logins.recordReturn(state, { sealedCode, confirmation }))
      ? confirmation
      : undefined;
  }

  /** The code of the window that was shown before, for the same answer of Facebook's alone. */
  private async repeat({ sealedCode }: ReturningLogin, code: string): Promise<string | undefined> {
    if (sealedCode === undefined) return undefined;
    const note = await this.notes.open<LoginNote>('ig-log-in+jwe', sealedCode);
    return note?.code === code ? note.confirmation : undefined;
  }

  private async refuse(
    { state, error, error_code: errorCode }: CallbackQuery,
    { outcome }: ReturningLogin,
    language: Language,
    note: NoteFields,
  ): Promise<AdminPage> {
    const isRefused = outcome === 'refused' || (await this.logins.recordReturn(state, undefined));
    note({ outcome: 'refused', facebook_error: errorCode });
    if (!isRefused) return windowPage(language, 'window.void_title', 'window.already_done');
    if (errorCode === undefined || error === 'access_denied') {
      return windowPage(language, 'window.refused_title', 'window.refused');
    }
    return windowPage(language, 'window.refused_title', 'window.failed', { code: errorCode });
  }
}

function zendeskOf(subdomain: string): string {
  return `${subdomain}.zendesk.com`;
}

function donePage(
  language: Language,
  { subdomain }: ReturningLogin,
  confirmation: string,
): AdminPage {
  const say = new Messages(language);
  const zendesk = zendeskOf(subdomain);
  return {
    place: 'window',
    language,
    title: say.say('window.done_title'),
    body: loggedInBody(say, zendesk, confirmation),
  };
}

function windowPage(
  language: Language,
  title: MessageKey,
  key: MessageKey,
  values: Readonly<Record<string, string>> = {},
): AdminPage {
  const say = new Messages(language);
  return {
    place: 'window',
    language,
    title: say.say(title),
    body: noLoginBody(say, key, values),
    status: 400,
  };
}

function newConfirmation(): string {
  const letters = Array.from({ length: CODE_CHARS }, () =>
    CODE_LETTERS.charAt(randomInt(CODE_LETTERS.length)),
  );
  return letters.join('');
}
