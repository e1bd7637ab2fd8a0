import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { NoteFields } from '../../common/http/note.decorator.js';
import { SealedNotes } from '../../credentials/sealed-notes.js';
import { PendingLogins, type ReturningLogin } from '../../ledger/accounts/pending-logins.js';
import type { CallbackQuery } from '../admin-ui.dto.js';
import { type Language, pickLanguage } from '../messages.js';
import { toZendeskHost } from '../setup.js';
import type { LoggedInView } from '../views/logged-in.view.js';
import type { NoLoginView } from '../views/no-login.view.js';
import type { LoginNote } from './login-note.js';

/** Unambiguous characters. Eight give 40 bits; five attempts are allowed. */
const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CODE_CHARS = 8;

type WindowView = LoggedInView | NoLoginView;

/**
 * The login window returns from Facebook. A reload or a link scanner may repeat the same answer:
 * it gets the same page, and the login stays usable.
 */
@Injectable()
export class LoginCallbackStep {
  constructor(
    private readonly notes: SealedNotes,
    private readonly logins: PendingLogins,
  ) {}

  async run(query: CallbackQuery, note: NoteFields): Promise<WindowView> {
    const language = pickLanguage(query.state.split('.')[1]);
    const login = await this.logins.find(query.state);
    if (login === undefined) return showVoid(language, 'window.void');
    const { code, error, error_code: errorCode } = query;
    if (error !== undefined || errorCode !== undefined || code === undefined || code === '') {
      return this.refuse(query, login, language, note);
    }
    const confirmation =
      login.outcome === 'open'
        ? await this.accept(query.state, code)
        : await this.repeat(login, code);
    if (confirmation !== undefined) return showConfirmation(language, login, confirmation);
    // Another answer arrived at the same moment and was first.
    const current = await this.logins.find(query.state);
    const repeated = current && (await this.repeat(current, code));
    if (repeated !== undefined) return showConfirmation(language, login, repeated);
    return showVoid(language, current?.outcome === 'done' ? 'window.already_done' : 'window.void');
  }

  private async accept(state: string, code: string): Promise<string | undefined> {
    const confirmation = newConfirmation();
    const note: LoginNote = { code, confirmation };
    const sealedCode = await this.notes.seal('ig-log-in+jwe', note);
    const isRecorded = await this.logins.recordReturn(state, { sealedCode, confirmation });
    return isRecorded ? confirmation : undefined;
  }

  /** The confirmation that was shown before, only for the same answer from Facebook. */
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
  ): Promise<NoLoginView> {
    const isRefused = outcome === 'refused' || (await this.logins.recordReturn(state, undefined));
    note({ outcome: 'refused', facebook_error: errorCode });
    if (!isRefused) return showVoid(language, 'window.already_done');
    const view = { kind: 'no_login', language, title: 'window.refused_title' } as const;
    return errorCode === undefined || error === 'access_denied'
      ? { ...view, text: 'window.refused' }
      : { ...view, text: 'window.failed', values: { code: errorCode } };
  }
}

function showConfirmation(
  language: Language,
  { subdomain }: ReturningLogin,
  confirmation: string,
): LoggedInView {
  return { kind: 'logged_in', language, zendesk: toZendeskHost(subdomain), confirmation };
}

function showVoid(language: Language, text: 'window.void' | 'window.already_done'): NoLoginView {
  return { kind: 'no_login', language, title: 'window.void_title', text };
}

function newConfirmation(): string {
  const letters = Array.from({ length: CODE_CHARS }, () =>
    CODE_LETTERS.charAt(randomInt(CODE_LETTERS.length)),
  );
  return letters.join('');
}
