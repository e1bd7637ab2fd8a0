import { convert } from 'html-to-text';

/**
 * A tag as an editor writes it, up to its end or its first attribute. Other angle brackets are
 * text: a heart is written `<3`.
 */
const MARKUP =
  // eslint-disable-next-line @stylistic/max-len -- a literal, for the test of slow patterns
  /<\/?(?:a|b|blockquote|br|code|div|em|h[1-6]|hr|i|img|li|ol|p|pre|span|strong|table|tbody|td|th|tr|u|ul)(?:\s+[\w-]+\s*=|\s*\/?>)/i;
/** Characters as HTML escapes them in text. */
const ESCAPED = /&(?:amp|lt|gt|quot|nbsp|#39|#x27);/i;
/** Levels of nested elements that are read. An editor needs a handful. */
const NESTING_MAX = 64;

/**
 * The plain text of an agent's reply. Zendesk does not document whether it sends text or HTML, and
 * Instagram would show the tags.
 */
export function toPlainText(message: string): string {
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
 * A tag with attributes ends at the next `>`. If none follows the first tag, none follows a later
 * one.
 */
function hasMarkup(message: string): boolean {
  const tag = MARKUP.exec(message);
  return tag !== null && message.includes('>', tag.index);
}

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];

/** Replaces the escaped characters of HTML by those that they mean. */
function unescape(text: string): string {
  return convert(text.replaceAll('<', '&lt;').replaceAll('\n', '<br>'), { wordwrap: false });
}
