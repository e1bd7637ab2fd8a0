import { parseFields, type WantedField } from './fields.js';
import type { GraphCall } from './graph-call.js';
import { badParameter } from './graph-error.js';
import type { Comment, InstagramUser, Media, World } from './world.js';

/** A page has at most this many entries (Meta, "Comments"). */
const PAGE_MAX = 50;
const PAGE_DEFAULT = 25;

type Fields = Record<string, unknown>;

/** Every field of a media object that can be read. None of them tells whether the asking account likes it. */
export function mediaFields(media: Media, world: World): Fields {
  const path = media.productType === 'REELS' ? 'reel' : 'p';
  return {
    id: media.id,
    caption: media.caption,
    media_type: media.mediaType,
    media_product_type: media.productType,
    media_url: `${world.picturesAt}/${media.shortcode}.jpg`,
    thumbnail_url:
      media.mediaType === 'VIDEO' ? `${world.picturesAt}/${media.shortcode}_t.jpg` : undefined,
    permalink: `https://www.instagram.com/${path}/${media.shortcode}/`,
    shortcode: media.shortcode,
    timestamp: graphTime(media.timestamp),
    like_count: world.likeCount(media),
    // With replies (Meta, "IG Media", comments_count).
    comments_count: world.countComments(media.id),
    is_comment_enabled: media.commentsEnabled,
    username: world.users.get(media.ownerId)?.username,
    owner: ownerOf(media.id, world),
  };
}

/** Meta leaves the owner out at times ("IG Media", owner). */
function ownerOf(mediaId: string, world: World): { id: string } | undefined {
  const ownerId = world.media.get(mediaId)?.ownerId;
  return ownerId === undefined || !world.reportsOwners ? undefined : { id: ownerId };
}

/** Every field of a comment that can be read. */
export function commentFields(comment: Comment, world: World): Fields {
  const username = world.users.get(comment.authorId)?.username;
  return {
    id: comment.id,
    text: comment.text,
    timestamp: comment.isUndated === true ? undefined : graphTime(comment.timestamp),
    username,
    from: { id: comment.authorId, username },
    hidden: comment.hidden,
    like_count: world.likeCount(comment),
    media: { id: comment.mediaId, owner: ownerOf(comment.mediaId, world) },
    parent_id: comment.parentId,
    // Looked up when it is asked for.
    get replies(): Fields[] {
      return world.commentsOn({ parentId: comment.id }).map((reply) => commentFields(reply, world));
    },
  };
}

export function userFields(user: InstagramUser): Fields {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    profile_picture_url: `https://scontent.cdninstagram.com/v/${user.username}.jpg`,
  };
}

/** The fields that `fields` asks for; `id` is always among them. A field that is a list is an edge, and given as a page. */
export function pick(fields: Fields, call: GraphCall, byDefault: string[]): Fields {
  const text = call.parameter('fields') ?? byDefault.join(',');
  const wanted = parseFields(text);
  if (wanted === undefined) throw badParameter('Syntax error in fields');
  return pickWanted(fields, wanted);
}

function pickWanted(fields: Fields, wanted: readonly WantedField[]): Fields {
  return Object.fromEntries(
    [{ name: 'id' } as WantedField, ...wanted].map(({ name, limit, fields: inner }) => {
      const value = fields[name];
      if (!Array.isArray(value)) {
        const isNode = inner !== undefined && typeof value === 'object' && value !== null;
        return [name, isNode ? pickWanted(value as Fields, inner) : value];
      }
      const entries = value as (Fields & { id: string })[];
      const show = (entry: Fields): Fields => pickWanted(entry, inner ?? DEFAULT_COMMENT_FIELDS);
      // An edge without entries is left out.
      return [name, entries.length === 0 ? undefined : slice(entries, limit, undefined, show)];
    }),
  );
}

const DEFAULT_COMMENT_FIELDS = [{ name: 'text' }, { name: 'timestamp' }];

/** One page of a list, with the cursor of the next one. Cursors are opaque: here, the id of the last entry. */
export function pageOf<T extends { id: string }>(
  entries: T[],
  call: GraphCall,
  show: (entry: T) => Fields,
): Fields {
  const limit = Number(call.parameter('limit') ?? PAGE_DEFAULT) || PAGE_DEFAULT;
  const after = call.parameter('after');
  const afterId = after === undefined ? undefined : Buffer.from(after, 'base64url').toString();
  if (afterId !== undefined && !/^\d+$/.test(afterId)) throw badParameter('Invalid cursors values');
  return slice(entries, limit, afterId, show);
}

function slice<T extends { id: string }>(
  entries: readonly T[],
  limit = PAGE_DEFAULT,
  afterId: string | undefined,
  show: (entry: T) => Fields,
): Fields {
  const size = Math.min(limit, PAGE_MAX);
  const start = afterId === undefined ? 0 : indexAfter(entries, afterId);
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

/** Where a list goes on behind an entry; also where that entry has been deleted since. */
function indexAfter(entries: readonly { id: string }[], afterId: string): number {
  const at = entries.findIndex(({ id }) => id === afterId);
  if (at >= 0) return at + 1;
  const older = entries.findIndex(({ id }) => BigInt(id) < BigInt(afterId));
  return older < 0 ? entries.length : older;
}

/** Instagram writes times as 2026-11-22T09:30:00+0000. */
function graphTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, '+0000');
}
