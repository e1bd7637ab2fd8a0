import { escapeHtml } from '../common/http/page.js';

/** Markup whose texts are escaped. Only `html` creates it. */
export class Html {
  constructor(readonly text: string) {}
}

/** A value in a template. Texts are escaped; `false` and `undefined` render nothing. */
export type Content = Html | string | number | false | undefined | readonly Content[];

/** Escapes every value of a template, except `Html`. Attributes must be quoted. */
export function html(markup: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(markup.reduce((text, part, index) => text + toMarkup(values[index - 1]) + part));
}

function toMarkup(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(toMarkup).join('');
  return escapeHtml(String(content));
}
