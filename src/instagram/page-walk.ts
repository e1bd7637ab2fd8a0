import { createHash } from 'node:crypto';
import type { Page } from './graph-objects.js';

/**
 * Pages in a row that bring nothing new before a list counts as ended. Meta filters entries out
 * of a page after cutting it, so single empty pages are normal, and it has served endless ones.
 */
export const EMPTY_PAGES_MAX = 10;
/** Pages of one list: a million entries at full page size. */
export const PAGES_MAX = 20_000;
/** Ids that one walk remembers, to recognize a page that repeats earlier ones. */
const IDS_MAX = 10_000;

/** Pages so far, empty ones in a row, and the digest of an earlier cursor, before the cursor. */
const BOOKMARK = /^(\d{1,5})\.(\d{1,3})\.([\w-]{11})~([\x21-\x7e]+)$/;

/** Characters that a bookmark has beyond its cursor. */
export const BOOKMARK_EXTRA_CHARS = 23;

/**
 * Follows the cursors of one list and ends where they lead nowhere new: at a cursor seen before,
 * after `EMPTY_PAGES_MAX` pages without news, at `PAGES_MAX`.
 *
 * A bookmark continues the walk in another call or process. It carries the digest of one earlier
 * cursor, replaced whenever the number of pages reaches a power of two (Brent's cycle detection).
 * This ends a loop even where no process walks it whole.
 */
export class PageWalk {
  private at: string | undefined;
  private pages = 0;
  private emptyPages = 0;
  private mark = '';
  private readonly seen = new Set<string>();
  private readonly ids = new Set<string>();

  /**
   * @param bookmark where an earlier walk stopped, or a bare cursor; undefined for the first page.
   */
  constructor(bookmark?: string) {
    const [, pages, emptyPages, mark = '', cursor] = BOOKMARK.exec(bookmark ?? '') ?? [];
    this.at = cursor ?? bookmark;
    if (cursor !== undefined) {
      this.pages = Number(pages);
      this.emptyPages = Number(emptyPages);
      this.mark = mark;
    }
    if (this.at !== undefined) this.seen.add(digest(this.at));
  }

  /** Cursor of the page to read; undefined for the first page. */
  get cursor(): string | undefined {
    return this.at;
  }

  /** The page to read, for a later walk; undefined for the first page. */
  get bookmark(): string | undefined {
    if (this.at === undefined) return undefined;
    const mark = this.mark === '' ? digest(this.at) : this.mark;
    return `${String(this.pages)}.${String(this.emptyPages)}.${mark}~${this.at}`;
  }

  /**
   * Moves on to the page after the one that was read.
   *
   * @returns whether there is one to read.
   */
  advance({ items, after }: Page<{ readonly id: string }>): boolean {
    this.emptyPages = this.bringsNews(items) ? 0 : this.emptyPages + 1;
    if (after === undefined || this.emptyPages >= EMPTY_PAGES_MAX) return false;
    const next = digest(after);
    if (this.seen.has(next) || next === this.mark) return false;
    this.pages += 1;
    if (this.pages >= PAGES_MAX) return false;
    if (isPowerOfTwo(this.pages)) this.mark = next;
    this.seen.add(next);
    this.at = after;
    return true;
  }

  private bringsNews(items: readonly { readonly id: string }[]): boolean {
    if (this.ids.size > IDS_MAX) this.ids.clear();
    const before = this.ids.size;
    for (const { id } of items) this.ids.add(id);
    return this.ids.size > before;
  }
}

/** Cursors may have 1,000 characters; 66 bits of a hash tell them apart. */
function digest(cursor: string): string {
  return createHash('sha256').update(cursor).digest('base64url').slice(0, 11);
}

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}
