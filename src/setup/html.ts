import { escapeHtml } from '../common/http/page.js';

/** A piece of a page: markup that was written in the code, with every text in it escaped. Only `html` makes one. */
export class Html {
  constructor(readonly text: string) {}
}

/** What can stand in a template. Texts are escaped; `false` and `undefined` stand for nothing. */
export type Content = Html | string | number | false | undefined | readonly Content[];

/** A template whose markup is the code's and whose values are texts, unless they are `Html` themselves. Attributes must be quoted. */
export function html(markup: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(markup.reduce((text, part, index) => text + textOf(values[index - 1]) + part));
}

function textOf(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(textOf).join('');
  return escapeHtml(String(content));
}
