import { LRUCache } from 'lru-cache';

/** A shorter text may appear in any answer by chance. Meta's app secrets have 32 characters. */
const SECRET_MIN_CHARS = 16;
/** A shorter answer, such as `{"success":true}`, cannot hold a secret. */
const ANSWER_MIN_CHARS = 18;
/** Errors and single objects are smaller; lists are searched for the plain secret alone. */
const ENCODED_ANSWER_MAX_CHARS = 16_384;
/** The search looks for pieces of this length, and so finds parts of a secret too. */
const PIECE_CHARS = 16;
/** Secrets whose encodings are kept; at about 20 kB each they take 4 MB. */
const KNOWN_MAX = 200;

const REDACTED = '[redacted]';

/** Removes secrets that an upstream quotes in its answer, also in a usual encoding or in part. */
export class SecretEchoes {
  private readonly known = new LRUCache<string, ReadonlySet<string>>({ max: KNOWN_MAX });

  redact(text: string, secrets: readonly string[]): string {
    if (text.length < ANSWER_MIN_CHARS) return text;
    const long = secrets.filter(({ length }) => length >= SECRET_MIN_CHARS);
    if (text.length > ENCODED_ANSWER_MAX_CHARS) return without(text, long.flatMap(cut));
    const plain = withoutEscapes(text);
    // Most answers quote nothing: one walk through the answer is cheaper than a search for each piece.
    const quoted = long
      .map((secret) => this.piecesOf(secret))
      .filter((pieces) => holdsAny(plain, pieces));
    return without(
      plain,
      quoted.flatMap((pieces) => [...pieces]),
    );
  }

  private piecesOf(secret: string): ReadonlySet<string> {
    const known = this.known.get(secret);
    if (known !== undefined) return known;
    const pieces = new Set([...variantsOf(secret), ...encodingsOf(secret)].flatMap(cut));
    this.known.set(secret, pieces);
    return pieces;
  }
}

function without(text: string, pieces: readonly string[]): string {
  return pieces.reduce((left, piece) => left.replaceAll(piece, REDACTED), text);
}

function holdsAny(text: string, pieces: ReadonlySet<string>): boolean {
  for (let start = 0; start + PIECE_CHARS <= text.length; start += 1) {
    if (pieces.has(text.slice(start, start + PIECE_CHARS))) return true;
  }
  return false;
}

/** JSON may escape any character; the same JSON with as few escapes as it needs. */
function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** All of a text, in pieces of `PIECE_CHARS`. The last one may overlap the one before it. */
function cut(text: string): string[] {
  const starts = Array.from(
    { length: Math.floor(text.length / PIECE_CHARS) },
    (_, n) => n * PIECE_CHARS,
  );
  return [...starts, text.length - PIECE_CHARS].map((start) =>
    text.slice(start, start + PIECE_CHARS),
  );
}

/** The secret in texts of its own length. */
function variantsOf(secret: string): string[] {
  return [
    secret,
    Array.from(secret).reverse().join(''),
    secret.toLowerCase(),
    secret.toUpperCase(),
    mapped(secret, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    ),
    mapped(secret, rot13),
  ];
}

function encodingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = (prefix: string, suffix = ''): string =>
    [...bytes].map((byte) => `${prefix}${byte.toString(16).padStart(2, '0')}${suffix}`).join('');
  const hexForms = [hex(''), hex('%'), hex('%25'), hex('&#x', ';'), hex('='), hex('\\\\x')];
  const unicode = [hex('\\u00'), hex('\\\\u00')];
  const decimal = (glue: string): string => [...bytes].map(String).join(glue);
  const spread = (glue: string): string => Array.from(secret).join(glue);
  return [
    ...[...hexForms, ...unicode].flatMap((form) => [form, upperDigits(form)]),
    ...[0, 1, 2].flatMap((shift) => base64At(bytes, shift)),
    base32(bytes),
    base32(bytes).toLowerCase(),
    [...bytes].map((byte) => `&#${String(byte)};`).join(''),
    ...[' ', ',', ', ', '-'].map(decimal),
    ...[' ', '-', '.', ',', ':', '_', '\\n', '\\u0000', '\\u200b'].map(spread),
    ...['\n', '\0', '\u200b', '+', '%20'].map(spread),
    [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(''),
  ];
}

/** Hexadecimal digits in capitals, the marks before them as they are. */
function upperDigits(text: string): string {
  return text.replaceAll(/[a-f]/g, (digit) => digit.toUpperCase());
}

/** Base64 of the bytes behind `shift` others, without the digits that those share. */
function base64At(bytes: Buffer, shift: number): string[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const inner = text.slice(Math.ceil((shift * 8) / 6), text.length - 4);
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}

/** RFC 4648, section 6, without padding. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(parseInt(five, 2)))
    .join('');
}

function mapped(text: string, map: (letter: string) => string): string {
  return Array.from(text).map(map).join('');
}

function rot13(letter: string): string {
  if (!/[a-z]/i.test(letter)) return letter;
  const first = letter <= 'Z' ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
}
