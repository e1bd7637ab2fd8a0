import { readFileSync } from 'node:fs';
import Negotiator from 'negotiator';
import type { ErrorCode } from '../domain/error-codes.js';
import type { AbilityName, Obstacle } from './connection/connection-check.js';
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

/** Browsers send fewer than 200 characters. A header of 16 kB would take milliseconds. */
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

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/** Values for the `{names}` in a text. */
export type Values = Readonly<Record<string, string>>;

/** A text by its key. It is plain text: an HTML page must escape it. */
export type Translate = (key: MessageKey, values?: Values) => string;

/** The pages' texts in one language. */
export class Messages {
  private readonly catalogue: Catalogue;

  constructor(private readonly language: Language) {
    this.catalogue = CATALOGUES.get(language) ?? ({} as Catalogue);
  }

  readonly t: Translate = (key, values = {}) =>
    this.catalogue[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');

  formatDay(milliseconds: number): string {
    return new Intl.DateTimeFormat(this.language, { dateStyle: 'long', timeZone: 'UTC' }).format(
      milliseconds,
    );
  }

  nameAbility(name: AbilityName): string {
    return this.t(`ability.${name}`);
  }

  /** The obstacle, then the way around it. */
  explainObstacle(obstacle: Obstacle, scopes: readonly string[]): string {
    const permissions = scopes.join(', ');
    const why = this.t(`obstacle.${obstacle}`, { permissions });
    return `${why} ${this.t(`fix.${obstacle}`, { permissions })}`;
  }

  /** The meaning of a failed call to Meta for the admin. */
  explainFailure(code: ErrorCode): string {
    const key = `failure.${code}`;
    return key in this.catalogue ? this.t(key as MessageKey) : this.t('failure.other', { code });
  }
}
