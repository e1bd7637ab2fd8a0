import type { GraphCall } from './graph-call.js';
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
    media_url: `https://scontent.cdninstagram.com/v/${media.shortcode}.jpg`,
    thumbnail_url:
      media.mediaType === 'VIDEO'
        ? `https://scontent.cdninstagram.com/v/${media.shortcode}_t.jpg`
        : undefined,
    permalink: `https://www.instagram.com/${path}/${media.shortcode}/`,
    shortcode: media.shortcode,
    timestamp: graphTime(media.timestamp),
    like_count: world.likeCount(media),
    comments_count: world.commentsOn({ mediaId: media.id }).length,
    is_comment_enabled: media.commentsEnabled,
    username: world.users.get(media.ownerId)?.username,
    owner: { id: media.ownerId },
  };
}

/** Every field of a comment that can be read. */
export function commentFields(comment: Comment, world: World): Fields {
  const username = world.users.get(comment.authorId)?.username;
  return {
    id: comment.id,
    text: comment.text,
    timestamp: graphTime(comment.timestamp),
    username,
    from: { id: comment.authorId, username },
    hidden: comment.hidden,
    like_count: world.likeCount(comment),
    media: { id: comment.mediaId },
    parent_id: comment.parentId,
  };
}

export function userFields(user: InstagramUser): Fields {
  return { id: user.id, username: user.username, name: user.name };
}

/** The fields that `fields` asks for; `id` is always among them. */
export function pick(fields: Fields, call: GraphCall, byDefault: string[]): Fields {
  const wanted = call.parameter('fields')?.split(',') ?? byDefault;
  return Object.fromEntries(['id', ...wanted].map((name) => [name, fields[name.trim()]]));
}

/** One page of a list, with the cursor of the next one. Cursors are opaque: here, the id of the last entry. */
export function pageOf<T extends { id: string }>(
  entries: T[],
  call: GraphCall,
  show: (entry: T) => Fields,
): Fields {
  const limit = Math.min(Number(call.parameter('limit') ?? PAGE_DEFAULT) || PAGE_DEFAULT, PAGE_MAX);
  const after = call.parameter('after');
  const afterId = after === undefined ? undefined : Buffer.from(after, 'base64url').toString();
  const start = afterId === undefined ? 0 : entries.findIndex(({ id }) => id === afterId) + 1;
  const page = entries.slice(start, start + limit);
  const last = page.at(-1);
  const hasMore = start + limit < entries.length;
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

/** Instagram writes times as 2026-11-22T09:30:00+0000. */
function graphTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, '+0000');
}
