import { LRUCache } from 'lru-cache';

/** A shorter text may occur in an answer by chance. Meta's app secrets have 32 characters. */
const SECRET_MIN_CHARS = 16;
/** A shorter answer, such as `{"success":true}`, cannot contain a secret. */
const ANSWER_MIN_CHARS = 18;
/** Errors and single objects are smaller. Longer answers are searched only for plain secrets. */
const ENCODED_ANSWER_MAX_CHARS = 16_384;
/** The search looks for pieces of this length, so it also finds parts of a secret. */
const PIECE_CHARS = 16;
/** Secrets with cached encodings: 4 MB at about 20 kB each. */
const KNOWN_MAX = 200;

const REDACTED = '[redacted]';

/** Removes secrets that an upstream quotes in its answer, whole or in part, plain or encoded. */
export class SecretEchoes {
  private readonly known = new LRUCache<string, ReadonlySet<string>>({ max: KNOWN_MAX });

  redact(text: string, secrets: readonly string[]): string {
    if (text.length < ANSWER_MIN_CHARS) return text;
    const long = secrets.filter(({ length }) => length >= SECRET_MIN_CHARS);
    if (text.length > ENCODED_ANSWER_MAX_CHARS) return removePieces(text, long.flatMap(cut));
    const plain = removeEscapes(text);
    // Most answers quote nothing. Checking them once is cheaper than a search for each piece.
    const quoted = long
      .map((secret) => this.cutAllForms(secret))
      .filter((pieces) => containsAny(plain, pieces));
    return removePieces(
      plain,
      quoted.flatMap((pieces) => [...pieces]),
    );
  }

  private cutAllForms(secret: string): ReadonlySet<string> {
    const known = this.known.get(secret);
    if (known !== undefined) return known;
    const pieces = new Set([...buildVariants(secret), ...buildEncodings(secret)].flatMap(cut));
    this.known.set(secret, pieces);
    return pieces;
  }
}

function removePieces(text: string, pieces: readonly string[]): string {
  return pieces.reduce((left, piece) => left.replaceAll(piece, REDACTED), text);
}

function containsAny(text: string, pieces: ReadonlySet<string>): boolean {
  for (let start = 0; start + PIECE_CHARS <= text.length; start += 1) {
    if (pieces.has(text.slice(start, start + PIECE_CHARS))) return true;
  }
  return false;
}

/** JSON may escape any character. Returns the same JSON with only the necessary escapes. */
function removeEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Cuts a text into pieces of `PIECE_CHARS`. The last piece may overlap the one before. */
function cut(text: string): string[] {
  const starts = Array.from(
    { length: Math.floor(text.length / PIECE_CHARS) },
    (_, n) => n * PIECE_CHARS,
  );
  return [...starts, text.length - PIECE_CHARS].map((start) =>
    text.slice(start, start + PIECE_CHARS),
  );
}

/** Forms of the secret that have its length. */
function buildVariants(secret: string): string[] {
  return [
    secret,
    Array.from(secret).reverse().join(''),
    secret.toLowerCase(),
    secret.toUpperCase(),
    mapLetters(secret, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    ),
    mapLetters(secret, rot13),
  ];
}

function buildEncodings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = (prefix: string, suffix = ''): string =>
    [...bytes].map((byte) => `${prefix}${byte.toString(16).padStart(2, '0')}${suffix}`).join('');
  const hexForms = [hex(''), hex('%'), hex('%25'), hex('&#x', ';'), hex('='), hex('\\\\x')];
  const unicode = [hex('\\u00'), hex('\\\\u00')];
  const decimal = (glue: string): string => [...bytes].map(String).join(glue);
  const spread = (glue: string): string => Array.from(secret).join(glue);
  return [
    ...[...hexForms, ...unicode].flatMap((form) => [form, capitalizeDigits(form)]),
    ...[0, 1, 2].flatMap((shift) => toBase64(bytes, shift)),
    toBase32(bytes),
    toBase32(bytes).toLowerCase(),
    [...bytes].map((byte) => `&#${String(byte)};`).join(''),
    ...[' ', ',', ', ', '-'].map(decimal),
    ...[' ', '-', '.', ',', ':', '_', '\\n', '\\u0000', '\\u200b'].map(spread),
    ...['\n', '\0', '\u200b', '+', '%20'].map(spread),
    [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(''),
  ];
}

/** Capitalizes hexadecimal digits, and not the marks before them. */
function capitalizeDigits(text: string): string {
  return text.replaceAll(/[a-f]/g, (digit) => digit.toUpperCase());
}

/** Base64 of the bytes after `shift` other bytes, without the digits that depend on the others. */
function toBase64(bytes: Buffer, shift: number): string[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const inner = text.slice(Math.ceil((shift * 8) / 6), text.length - 4);
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}

/** RFC 4648, section 6, without padding. */
function toBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(parseInt(five, 2)))
    .join('');
}

function mapLetters(text: string, map: (letter: string) => string): string {
  return Array.from(text).map(map).join('');
}

function rot13(letter: string): string {
  if (!/[a-z]/i.test(letter)) return letter;
  const first = letter <= 'Z' ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
}
