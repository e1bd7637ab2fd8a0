import de from '../translations/de.json' with { type: 'json' };
import en from '../translations/en.json' with { type: 'json' };
import es from '../translations/es.json' with { type: 'json' };
import fr from '../translations/fr.json' with { type: 'json' };
import ja from '../translations/ja.json' with { type: 'json' };

export type TextName = keyof typeof en.sidebar;

const LANGUAGES: Readonly<Record<string, Readonly<Record<TextName, string>>>> = {
  de: de.sidebar,
  en: en.sidebar,
  es: es.sidebar,
  fr: fr.sidebar,
  ja: ja.sidebar,
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

  /** @param locale the agent's locale in Zendesk, such as `de`, `en-US` or `pt_BR`. */
  constructor(locale: string) {
    // Zendesk and browsers also write `pt_BR`.
    const tag = locale.replaceAll('_', '-');
    const language = tag.split('-', 1)[0]?.toLowerCase() ?? 'en';
    this.language = Object.hasOwn(LANGUAGES, language) ? language : 'en';
    this.direction = RIGHT_TO_LEFT.includes(language) ? 'rtl' : 'ltr';
    this.catalogue = LANGUAGES[this.language] ?? en.sidebar;
    this.locale = isSupported(tag) ? tag : 'en';
  }

  /** Returns a text with values in place of its `{{names}}`. */
  get(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
    return this.catalogue[name].replace(/\{\{(\w+)\}\}/g, (_, key: string) =>
      String(values[key] ?? ''),
    );
  }

  /** Returns the text with this name; undefined if there is none. */
  find(name: string): string | undefined {
    return Object.hasOwn(this.catalogue, name) ? this.catalogue[name as TextName] : undefined;
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

/** Whether the browser formats times and numbers for a locale. A malformed locale is not one. */
function isSupported(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}
