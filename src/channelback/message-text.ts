import { convert } from 'html-to-text';

/**
 * A tag as an editor writes it, up to its end or its first attribute. Other angle brackets are what
 * somebody typed: a heart is written `<3`.
 */
const MARKUP =
  /<\/?(?:a|b|blockquote|br|code|div|em|h[1-6]|hr|i|img|li|ol|p|pre|span|strong|table|tbody|td|th|tr|u|ul)(?:\s+[\w-]+\s*=|\s*\/?>)/i;
/** Characters as HTML writes them in text. */
const ESCAPED = /&(?:amp|lt|gt|quot|nbsp|#39|#x27);/i;
/** Elements in each other that are still read; an editor needs a handful. */
const NESTING_MAX = 64;

/** The text of an agent's reply. It is not documented whether Zendesk sends text or HTML; Instagram would show the tags. */
export function messageText(message: string): string {
  if (!hasMarkup(message)) {
    return (ESCAPED.test(message) ? unescape(message) : message).trim();
  }
  return convert(message, {
    wordwrap: false,
    limits: { maxDepth: NESTING_MAX },
    selectors: [
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      { selector: 'img', format: 'skip' },
      ...HEADINGS.map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'td', format: 'block' },
      { selector: 'th', format: 'block' },
    ],
  }).trim();
}

/**
 * A tag with attributes ends at the next `>`; where the first such tag has none, no later one has.
 */
function hasMarkup(message: string): boolean {
  const tag = MARKUP.exec(message);
  return tag !== null && message.includes('>', tag.index);
}

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];

/** A text in which HTML's special characters are written out, as it was meant. */
function unescape(text: string): string {
  return convert(text.replaceAll('<', '&lt;').replaceAll('\n', '<br>'), { wordwrap: false });
}
