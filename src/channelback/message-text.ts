import { convert } from 'html-to-text';

/** A tag as an editor writes it. Other angle brackets are what somebody typed: a heart is written `<3`. */
const MARKUP =
  /<\/?(?:a|b|blockquote|br|code|div|em|h[1-6]|hr|i|img|li|ol|p|pre|span|strong|table|tbody|td|th|tr|u|ul)(?:\s+[\w-]+\s*=[^>]*)?\s*\/?>/i;

/** The text of an agent's reply. It is not documented whether Zendesk sends text or HTML; Instagram would show the tags. */
export function messageText(message: string): string {
  if (!MARKUP.test(message)) return message.trim();
  return convert(message, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      { selector: 'img', format: 'skip' },
    ],
  }).trim();
}
