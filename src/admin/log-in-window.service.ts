import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { networksOf } from '../common/http/client-address.js';
import type { LogFields } from '../common/errors/service-error.js';
import { Configuration } from '../config/index.js';
import { SealedNotes } from '../credentials/sealed-notes.js';
import { MetaLogIn } from '../instagram/meta-log-in.js';
import { PendingLogIns, type ReturningLogIn } from '../ledger/pending-log-ins.js';
import type { CallbackQuery } from './admin-ui.dto.js';
import type { AdminPage } from './admin-page.js';
import { type Language, languageOf, Messages, type MessageKey } from './messages.js';
import { loggedInBody, moveOnBody, noLogInBody } from './pages/window.page.js';
import { newSetUpId, ownerOf, type SetUp } from './set-up.js';

/** Unambiguous characters. Eight give 40 bits; five attempts are allowed. */
const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CODE_CHARS = 8;

/** What is sealed while a login waits for its page. */
export interface LogInNote {
  /** Facebook's one-time code. */
  readonly code: string;
  /** The code that the window shows. */
  readonly confirmation: string;
}

type Note = (fields: LogFields) => void;

/** The login's window: from the setup's page to Facebook, and back with a code for the page. */
@Injectable()
export class LogInWindow {
  constructor(
    @Inject(SealedNotes) private readonly notes: SealedNotes,
    @Inject(MetaLogIn) private readonly meta: MetaLogIn,
    @Inject(PendingLogIns) private readonly logIns: PendingLogIns,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'publicUrl'>,
  ) {}

  /** Where Facebook returns to. */
  get redirectUri(): string {
    return `${this.configuration.publicUrl}/admin/log-in/callback`;
  }

  /** The window opens. Its page names the Zendesk and leads to Facebook by one click. */
  async begin(setUp: SetUp, address: string): Promise<AdminPage> {
    const { language, subdomain } = setUp;
    if (this.meta.appId === undefined) {
      return windowPage(language, 'window.void_title', 'connect.not_possible');
    }
    // The answer brings no setup, so the state carries the window's language.
    const state = `${newSetUpId()}.${language}`;
    const { site: network } = networksOf(address);
    await this.logIns.begin(ownerOf(setUp), state, { network, subdomain });
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
  async finish(query: CallbackQuery, note: Note): Promise<AdminPage> {
    const language = languageOf(query.state.split('.')[1]);
    const logIn = await this.logIns.find(query.state);
    if (logIn === undefined) return windowPage(language, 'window.void_title', 'window.void');
    const { code, error, error_code: errorCode } = query;
    if (error !== undefined || errorCode !== undefined || code === undefined || code === '') {
      return this.refuse(query, logIn, language, note);
    }
    const confirmation =
      logIn.outcome === 'open'
        ? await this.accept(query.state, code)
        : await this.repeat(logIn, code);
    if (confirmation === undefined) {
      // Two answers at the same moment: the other one was first.
      const now = await this.logIns.find(query.state);
      const repeated = now && (await this.repeat(now, code));
      if (repeated !== undefined) return donePage(language, logIn, repeated);
      const key = now?.outcome === 'done' ? 'window.already_done' : 'window.void';
      return windowPage(language, 'window.void_title', key);
    }
    return donePage(language, logIn, confirmation);
  }

  private async accept(state: string, code: string): Promise<string | undefined> {
    const confirmation = newConfirmation();
    const note: LogInNote = { code, confirmation };
    const sealedCode = await this.notes.seal('ig-log-in+jwe', note);
    return (await this.logIns.come(state, { sealedCode, confirmation })) ? confirmation : undefined;
  }

  /** The code of the window that was shown before, for the same answer of Facebook's alone. */
  private async repeat({ sealedCode }: ReturningLogIn, code: string): Promise<string | undefined> {
    if (sealedCode === undefined) return undefined;
    const note = await this.notes.open<LogInNote>('ig-log-in+jwe', sealedCode);
    return note?.code === code ? note.confirmation : undefined;
  }

  private async refuse(
    { state, error, error_code: errorCode }: CallbackQuery,
    { outcome }: ReturningLogIn,
    language: Language,
    note: Note,
  ): Promise<AdminPage> {
    const isRefused = outcome === 'refused' || (await this.logIns.come(state, undefined));
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
  { subdomain }: ReturningLogIn,
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
    body: noLogInBody(say, key, values),
    status: 400,
  };
}

function newConfirmation(): string {
  const letters = Array.from({ length: CODE_CHARS }, () =>
    CODE_LETTERS.charAt(randomInt(CODE_LETTERS.length)),
  );
  return letters.join('');
}
