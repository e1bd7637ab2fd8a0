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

/** The right-to-left languages that Zendesk supports. */
const RIGHT_TO_LEFT = ['ar', 'fa', 'he', 'ur'];

/** The app's texts in the agent's language, or in English if that language is not translated. */
export class Texts {
  /** The language of the texts. */
  readonly language: string;
  /** The direction of the agent's language, which the Zendesk page has, too. */
  readonly direction: 'ltr' | 'rtl';
  private readonly locale: string;
  private readonly catalogue: Readonly<Record<TextName, string>>;

  /** @param locale the agent's locale in Zendesk, such as `de` or `en-US`. */
  constructor(locale: string) {
    const language = locale.split('-', 1)[0]?.toLowerCase() ?? 'en';
    this.language = language in LANGUAGES ? language : 'en';
    this.direction = RIGHT_TO_LEFT.includes(language) ? 'rtl' : 'ltr';
    this.catalogue = LANGUAGES[this.language] ?? en;
    this.locale = Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0 ? locale : 'en';
  }

  /** Returns a text with values in place of its `{{names}}`. */
  get(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
    return this.catalogue[name].replace(/\{\{(\w+)\}\}/g, (_, key: string) =>
      String(values[key] ?? ''),
    );
  }

  formatNumber(value: number): string {
    return new Intl.NumberFormat(this.locale).format(value);
  }

  /** Formats a date and time; an invalid one is empty. */
  formatTime(iso: string): string {
    const format = new Intl.DateTimeFormat(this.locale, {
      dateStyle: 'medium',
      timeStyle: 'short',
    });
    const time = new Date(iso);
    return Number.isNaN(time.getTime()) ? '' : format.format(time);
  }
}
