import { randomBytes } from 'node:crypto';

/** Numbers in a row whose names are kept. Zendesk sends the last state; older ones are rare. */
const NAMES_KEPT = 16;
/** 48 random bits, 8 characters. */
const NAME_BYTES = 6;
export const NAMES_MAX_CHARS = NAMES_KEPT * (8 + 1);
/** A pull every second for a million years. A state may hold anything, and 2^53 must stay far. */
const NUMBER_MAX_DIGITS = 14;
/** Breaking marks that are kept: a lost answer brings the same state again, for each connection. */
const SEEN_KEPT = 8;

const MARK = new RegExp(
  `^(?<ledger>[\\w-]{12})\\.(?<number>\\d{1,${String(NUMBER_MAX_DIGITS)}})\\.(?<name>[\\w-]{8})$`,
);

/** What an answered pull leaves in the state: the ledger, and the number and name of the pull. */
interface PullMark {
  readonly ledger: string;
  readonly number: number;
  readonly name: string;
}

/** What the ledger knows about an account's pulls. */
export interface KnownPulls {
  readonly ledger: string;
  /** The last number. */
  readonly number: number;
  /** The names of the last numbers, the newest first, each followed by a space. */
  readonly names: string;
  /** Marks that broke the line before, each followed by a space. */
  readonly seen: string;
}

/** How a mark proves that this ledger is a copy, or that another one took its place meanwhile. */
export type MarkFault = 'unknown_ledger' | 'higher_number' | 'other_name';

export function randomMarkName(): string {
  return randomBytes(NAME_BYTES).toString('base64url');
}

export function writeMark({ ledger, number, name }: PullMark): string {
  return `${ledger}.${String(number)}.${name}`;
}

export function isMark(value: unknown): value is string {
  return typeof value === 'string' && MARK.test(value);
}

/**
 * Compares the mark of a state that came back with what the ledger knows. A lower number is normal:
 * answers are lost, states are repeated, and an account may be connected twice. A mark proves
 * something once.
 *
 * @param text fulfils `isMark`.
 * @returns undefined if it proves nothing.
 */
export function findMarkFault(text: string, known: KnownPulls): MarkFault | undefined {
  const mark = parseMark(text);
  if (mark === undefined || toList(known.seen).includes(text)) return undefined;
  if (mark.ledger !== known.ledger) return 'unknown_ledger';
  if (mark.number > known.number) return 'higher_number';
  const name = toList(known.names)[known.number - mark.number];
  return name === undefined || name === mark.name ? undefined : 'other_name';
}

/**
 * What the ledger knows after a mark broke the line. The next number is higher than the mark's and
 * this ledger's own.
 */
export function continueAfter(
  text: string,
  known: KnownPulls,
): Pick<KnownPulls, 'number' | 'names' | 'seen'> {
  const mark = parseMark(text);
  const isSame = mark?.ledger === known.ledger;
  const seen = [text, ...toList(known.seen)].slice(0, SEEN_KEPT);
  return {
    number: isSame ? Math.max(known.number, mark.number) : known.number,
    names: '',
    seen: seen.map((each) => `${each} `).join(''),
  };
}

/**
 * Whether a mark is later than the one that a pull brought. Marks of two ledgers have no order, and
 * a deleted account starts again with 1.
 */
export function isLater(text: string, before: string | undefined): boolean {
  const [mark, earlier] = [parseMark(text), parseMark(before ?? '')];
  if (mark === undefined || earlier?.ledger !== mark.ledger) return true;
  return mark.number > earlier.number || mark.number === 1;
}

function parseMark(text: string): PullMark | undefined {
  const { ledger, number, name } = MARK.exec(text)?.groups ?? {};
  if (ledger === undefined || number === undefined || name === undefined) return undefined;
  return { ledger, number: Number(number), name };
}

function toList(text: string): string[] {
  return text.split(' ').filter((each) => each !== '');
}
