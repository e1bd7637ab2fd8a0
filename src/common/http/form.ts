/** Fields of a form. A field that was given more than once has a list of values. */
export type Form = Record<string, string | string[]>;

/**
 * Fields in one form. Zendesk's largest call has about ten, and up to 64 `file_urls[]`
 * (zendesk/any_channel_json_schemas, `channelback_payload`).
 */
export const FORM_FIELDS_MAX = 1000;

/** A form that cannot be decoded. The message says how the sender can correct it. */
export class FormError extends Error {
  override readonly name = 'FormError';
}

/**
 * Decodes a form (WHATWG URL, "application/x-www-form-urlencoded parsing") as strict UTF-8.
 * The lenient rule of that standard would replace or keep a broken escape, and an agent's reply
 * would go public with it.
 *
 * @throws {FormError} where an escape is not UTF-8, or there are too many fields.
 */
export function parseForm(text: string): Form {
  const fields = new Map<string, string | string[]>();
  const pairs = text.split('&', FORM_FIELDS_MAX + 1).filter((pair) => pair !== '');
  if (pairs.length > FORM_FIELDS_MAX) {
    throw new FormError(`The form has more than ${String(FORM_FIELDS_MAX)} fields.`);
  }
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    const earlier = fields.get(name);
    if (earlier === undefined) fields.set(name, value);
    else if (typeof earlier === 'string') fields.set(name, [earlier, value]);
    else earlier.push(value);
  }
  // Defines own fields, also for __proto__.
  return Object.fromEntries(fields);
}

/** A query is a form as well; one that cannot be decoded has no fields. */
export function parseQuery(text: string): Form {
  try {
    return parseForm(text);
  } catch (error) {
    if (error instanceof FormError) return {};
    throw error;
  }
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new FormError(
      'The form has a percent escape that is not UTF-8. Encode the text as UTF-8, and % as %25.',
    );
  }
}
