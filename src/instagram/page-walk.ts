import { createHash } from 'node:crypto';
import type { Page } from './graph-objects.js';

/**
 * A list counts as ended after this many pages in a row without a new entry. Meta removes entries
 * after it has cut a page, so single empty pages are normal. Endless ones have occurred.
 */
export const EMPTY_PAGES_MAX = 10;
/** The most pages of one list: a million entries at full page size. */
export const PAGES_MAX = 20_000;
/** Ids that one walk remembers in order to recognize repeated pages. */
const IDS_MAX = 10_000;

/** Number of pages, number of empty pages in a row, digest of an earlier cursor, cursor. */
const BOOKMARK = /^(\d{1,5})\.(\d{1,3})\.([\w-]{11})~([\x21-\x7e]+)$/;

/** Characters of a bookmark without its cursor. */
export const BOOKMARK_EXTRA_CHARS = 23;

/**
 * Follows the cursors of one list. Ends at a repeated cursor, after `EMPTY_PAGES_MAX` pages without
 * a new entry, or at `PAGES_MAX`.
 *
 * A bookmark continues the walk in another call or process. It contains the digest of one earlier
 * cursor, replaced whenever the number of pages reaches a power of two (Brent's cycle detection).
 * This ends even a loop that no process walks in full.
 */
export class PageWalk {
  private at: string | undefined;
  private pages = 0;
  private emptyPages = 0;
  private mark = '';
  private readonly seen = new Set<string>();
  private readonly ids = new Set<string>();

  /**
   * @param bookmark of an earlier walk, or a cursor; undefined for the first page.
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

  /** Identifies the page to read for a later walk; undefined for the first page. */
  get bookmark(): string | undefined {
    if (this.at === undefined) return undefined;
    const mark = this.mark === '' ? digest(this.at) : this.mark;
    return `${String(this.pages)}.${String(this.emptyPages)}.${mark}~${this.at}`;
  }

  /**
   * Moves to the page after the one that was read.
   *
   * @returns whether there is another page.
   */
  advance({ items, after }: Page<{ readonly id: string }>): boolean {
    this.emptyPages = this.addNewIds(items) ? 0 : this.emptyPages + 1;
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

  /** Returns whether an id is new. */
  private addNewIds(items: readonly { readonly id: string }[]): boolean {
    if (this.ids.size > IDS_MAX) this.ids.clear();
    const before = this.ids.size;
    for (const { id } of items) this.ids.add(id);
    return this.ids.size > before;
  }
}

/** Cursors may have 1,000 characters; 66 bits of a hash distinguish them. */
function digest(cursor: string): string {
  return createHash('sha256').update(cursor).digest('base64url').slice(0, 11);
}

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}
