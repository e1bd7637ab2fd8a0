import type { Page } from '../login/people.js';
import type { Comment, InstagramUser, Media, World } from '../world.js';

/** Meta's defaults for a comment, besides `id`. */
export const DEFAULT_COMMENT_FIELDS = ['text', 'timestamp'];

export type Fields = Record<string, unknown>;

/** All readable fields of a post. None of them reports whether the asking account likes it. */
export function toMediaFields(media: Media, world: World): Fields {
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
    timestamp: toGraphTime(media.timestamp),
    like_count: world.likeCount(media),
    // Includes replies (Meta, "IG Media", comments_count).
    comments_count: world.countComments(media.id),
    is_comment_enabled: media.commentsEnabled,
    username: world.users.get(media.ownerId)?.username,
    owner: toOwner(media.id, world),
  };
}

/** Meta sometimes omits the owner ("IG Media", owner). */
function toOwner(mediaId: string, world: World): { id: string } | undefined {
  const ownerId = world.media.get(mediaId)?.ownerId;
  return ownerId === undefined || !world.reportsOwners ? undefined : { id: ownerId };
}

/** All readable fields of a comment. */
export function toCommentFields(comment: Comment, world: World): Fields {
  const username = world.users.get(comment.authorId)?.username;
  return {
    id: comment.id,
    text: comment.text,
    timestamp: comment.isUndated === true ? undefined : toGraphTime(comment.timestamp),
    username,
    from: { id: comment.authorId, username },
    hidden: comment.hidden,
    like_count: world.likeCount(comment),
    media: { id: comment.mediaId, owner: toOwner(comment.mediaId, world) },
    parent_id: comment.parentId,
    // A getter, so replies are looked up only when a call asks for them.
    get replies(): Fields[] {
      return world
        .commentsOn({ parentId: comment.id })
        .map((reply) => toCommentFields(reply, world));
    },
  };
}

export function toUserFields(user: InstagramUser): Fields {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    profile_picture_url: `https://scontent.cdninstagram.com/v/${user.username}.jpg`,
  };
}

/** A Facebook Page with its own token and the Instagram account that it is linked to. */
export function toPageFields(page: Page, pageToken: string, world: World): Fields {
  const { id, name, igUserId } = page;
  return {
    id,
    name,
    access_token: pageToken,
    instagram_business_account:
      igUserId === undefined
        ? undefined
        : { id: igUserId, username: world.users.get(igUserId)?.username },
  };
}

/** Instagram writes times as 2026-11-22T09:30:00+0000. */
function toGraphTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, '+0000');
}
