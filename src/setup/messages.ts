import { readFileSync } from 'node:fs';
import Negotiator from 'negotiator';
import type { ErrorCode } from '../domain/error-codes.js';
import type { AbilityName, Obstacle } from './connection-check.js';
import type english from './translations/en.json';

/** The languages of the pages: those that have a catalogue in `translations/`. */
export const LANGUAGES = ['en', 'de', 'es', 'fr', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

export type MessageKey = keyof typeof english;
type Catalogue = Readonly<Record<MessageKey, string>>;

const CATALOGUES = new Map<Language, Catalogue>(
  LANGUAGES.map((language) => [
    language,
    JSON.parse(
      readFileSync(new URL(`translations/${language}.json`, import.meta.url), 'utf8'),
    ) as Catalogue,
  ]),
);

/** Browsers send fewer than 200 characters. Negotiation takes milliseconds for a header of 16 kB. */
const ACCEPT_LANGUAGE_READ_CHARS = 500;

/** The language for an `Accept-Language` header (RFC 9110, section 12.5.4). English by default. */
export function negotiateLanguage(acceptLanguage: string | undefined): Language {
  const header = acceptLanguage?.slice(0, ACCEPT_LANGUAGE_READ_CHARS);
  const preferred = new Negotiator({ headers: { 'accept-language': header } }).language(LANGUAGES);
  return LANGUAGES.find((language) => language === preferred) ?? 'en';
}

/** The language for a locale such as `de-AT`. English by default. */
export function pickLanguage(locale: string | undefined): Language {
  const [primary = ''] = (locale ?? '').toLowerCase().split(/[-_]/);
  return LANGUAGES.find((language) => language === primary) ?? 'en';
}

/** The pages' sentences in one language. */
export class Messages {
  private readonly catalogue: Catalogue;

  constructor(readonly language: Language) {
    this.catalogue = CATALOGUES.get(language) ?? ({} as Catalogue);
  }

  /** A sentence, with values in the place of its `{names}`. Plain text: what shows it must escape it. */
  say(key: MessageKey, values: Readonly<Record<string, string>> = {}): string {
    return this.catalogue[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  }

  /** A day, as the language writes it. */
  day(milliseconds: number): string {
    return new Intl.DateTimeFormat(this.language, { dateStyle: 'long', timeZone: 'UTC' }).format(
      milliseconds,
    );
  }

  ability(name: AbilityName): string {
    return this.say(`ability.${name}`);
  }

  obstacle(obstacle: Obstacle, scopes: readonly string[]): string {
    return this.say(`obstacle.${obstacle}`, { permissions: scopes.join(', ') });
  }

  fix(obstacle: Obstacle, scopes: readonly string[]): string {
    return this.say(`fix.${obstacle}`, { permissions: scopes.join(', ') });
  }

  /** Why the connection was not checked. */
  notChecked(reason: ErrorCode | 'too_many'): string {
    return reason === 'too_many' ? this.say('account.too_many_checks') : this.failure(reason);
  }

  /** What a call to Meta that failed means to the admin. */
  failure(code: ErrorCode): string {
    const key = `failure.${code}`;
    return key in this.catalogue
      ? this.say(key as MessageKey)
      : this.say('failure.other', { code });
  }
}
