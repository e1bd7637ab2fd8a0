import { sidebar as de } from '../translations/de.json';
import { sidebar as en } from '../translations/en.json';
import { sidebar as es } from '../translations/es.json';
import { sidebar as fr } from '../translations/fr.json';
import { sidebar as ja } from '../translations/ja.json';

export type TextName = keyof typeof en;

const LANGUAGES: Readonly<Record<string, Readonly<Record<TextName, string>>>> = {
  de,
  en,
  es,
  fr,
  ja,
};

/** Languages that are written from right to left, of those that Zendesk has. */
const RIGHT_TO_LEFT = ['ar', 'fa', 'he', 'ur'];

/** The app's sentences in the agent's language, or in English where there are none. */
export class Texts {
  /** The sentences' own language. */
  readonly language: string;
  /** The direction of the agent's language, which is Zendesk's page's. */
  readonly direction: 'ltr' | 'rtl';
  private readonly locale: string;
  private readonly sentences: Readonly<Record<TextName, string>>;

  /** @param locale as Zendesk has it for the agent: `de`, `en-US`. */
  constructor(locale: string) {
    const language = locale.split('-', 1)[0]?.toLowerCase() ?? 'en';
    this.language = language in LANGUAGES ? language : 'en';
    this.direction = RIGHT_TO_LEFT.includes(language) ? 'rtl' : 'ltr';
    this.sentences = LANGUAGES[this.language] ?? en;
    this.locale = Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0 ? locale : 'en';
  }

  say(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
    return this.sentences[name].replace(/\{\{(\w+)\}\}/g, (_, key: string) =>
      String(values[key] ?? ''),
    );
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.locale).format(value);
  }

  /** A day and a time of it. */
  time(iso: string): string {
    const format = new Intl.DateTimeFormat(this.locale, {
      dateStyle: 'medium',
      timeStyle: 'short',
    });
    const time = new Date(iso);
    return Number.isNaN(time.getTime()) ? '' : format.format(time);
  }
}
