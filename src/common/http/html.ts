/** Markup whose texts are escaped. Only `html` creates it. */
export class Html {
  constructor(readonly text: string) {}
}

/** A value of a template. Texts are escaped; `false` and `undefined` are left out. */
export type Content = Html | string | number | false | undefined | readonly Content[];

/**
 * A template: its markup is code, its values are texts unless they are `Html`. Attribute values
 * must be quoted.
 */
export function html(markup: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(markup.reduce((text, part, index) => text + toText(values[index - 1]) + part));
}

function toText(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(toText).join('');
  return escapeHtml(String(content));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
