import { parseFields, type WantedField } from './fields.js';
import type { GraphCall } from './graph-call.js';
import { badParameter } from './graph-error.js';
import { DEFAULT_COMMENT_FIELDS, type Fields } from './graph-objects.js';

/** A page has at most this many entries (Meta, "Comments"). */
const PAGE_MAX = 50;
const PAGE_DEFAULT = 25;

/**
 * The fields that the call's `fields` requests, and always `id`.
 * A field that is a list is an edge; it is returned as a page.
 */
export function selectFields(fields: Fields, call: GraphCall, byDefault: string[]): Fields {
  const text = call.parameter('fields') ?? byDefault.join(',');
  const wanted = parseFields(text);
  if (wanted === undefined) throw badParameter('Syntax error in fields');
  return selectWanted(fields, wanted);
}

function selectWanted(fields: Fields, wanted: readonly WantedField[]): Fields {
  return Object.fromEntries(
    [{ name: 'id' } as WantedField, ...wanted].map(({ name, limit, fields: inner }) => {
      const value = fields[name];
      if (!Array.isArray(value)) {
        const isNode = inner !== undefined && typeof value === 'object' && value !== null;
        return [name, isNode ? selectWanted(value as Fields, inner) : value];
      }
      const entries = value as (Fields & { id: string })[];
      const show = (entry: Fields): Fields => selectWanted(entry, inner ?? DEFAULT_INNER_FIELDS);
      // Meta omits an edge without entries.
      return [name, entries.length === 0 ? undefined : buildPage(entries, limit, undefined, show)];
    }),
  );
}

/** Comments are the only objects that have an edge inside. */
const DEFAULT_INNER_FIELDS = DEFAULT_COMMENT_FIELDS.map((name) => ({ name }));

/**
 * One page of a list, with the cursor of the next page.
 * Callers treat cursors as opaque; here, one is the id of the page's last entry.
 */
export function toPage<T extends { id: string }>(
  entries: readonly T[],
  call: GraphCall,
  show: (entry: T) => Fields,
): Fields {
  const limit = Number(call.parameter('limit') ?? PAGE_DEFAULT) || PAGE_DEFAULT;
  const after = call.parameter('after');
  const afterId = after === undefined ? undefined : Buffer.from(after, 'base64url').toString();
  if (afterId !== undefined && !/^\d+$/.test(afterId)) throw badParameter('Invalid cursors values');
  return buildPage(entries, limit, afterId, show);
}

function buildPage<T extends { id: string }>(
  entries: readonly T[],
  limit = PAGE_DEFAULT,
  afterId: string | undefined,
  show: (entry: T) => Fields,
): Fields {
  const size = Math.min(limit, PAGE_MAX);
  const start = afterId === undefined ? 0 : findIndexAfter(entries, afterId);
  const page = entries.slice(start, start + size);
  const last = page.at(-1);
  const hasMore = start + size < entries.length;
  return {
    data: page.map(show),
    ...(last === undefined
      ? {}
      : {
          paging: {
            cursors: { after: Buffer.from(last.id).toString('base64url') },
            ...(hasMore ? { next: 'https://graph.facebook.com/next-page' } : {}),
          },
        }),
  };
}

/** The index after an entry. If the entry was deleted, the index of the first older entry. */
function findIndexAfter(entries: readonly { id: string }[], afterId: string): number {
  const at = entries.findIndex(({ id }) => id === afterId);
  if (at >= 0) return at + 1;
  const older = entries.findIndex(({ id }) => BigInt(id) < BigInt(afterId));
  return older < 0 ? entries.length : older;
}
