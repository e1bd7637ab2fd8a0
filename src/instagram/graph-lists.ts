import {
  COMMENT_FIELDS,
  type Comment,
  type CommentWithReplies,
  type Media,
  MEDIA_FIELDS,
  toComment,
  toCommentWithReplies,
  toMedia,
} from './graph-objects.js';
import type { GraphList } from './list-reader.js';

/** Each post has a caption of up to 2,200 characters. */
const MEDIA_PER_PAGE = 50;
/** The most comments or replies that Meta returns in a page. */
export const COMMENTS_PER_PAGE = 50;

export interface CommentLimits {
  readonly comments: number;
  readonly replies: number;
}

/** An account's posts. `GET /{ig-user-id}/media`. */
export function buildMediaList(igUserId: string): GraphList<Media> {
  return {
    path: `/${igUserId}/media`,
    size: { entries: MEDIA_PER_PAGE, expanded: 1 },
    fields: () => MEDIA_FIELDS,
    toItem: toMedia,
  };
}

/** A post's comments, each with a page of its replies. `GET /{ig-media-id}/comments`. */
export function buildCommentList(
  mediaId: string,
  { comments, replies }: CommentLimits,
): GraphList<CommentWithReplies> {
  return {
    path: `/${mediaId}/comments`,
    size: { entries: comments, expanded: replies },
    fields: (limit) => `${COMMENT_FIELDS},replies.limit(${String(limit)}){${COMMENT_FIELDS}}`,
    toItem: toCommentWithReplies,
  };
}

/** A comment's replies. `GET /{ig-comment-id}/replies`. */
export function buildReplyList(commentId: string): GraphList<Comment> {
  return {
    path: `/${commentId}/replies`,
    size: { entries: COMMENTS_PER_PAGE, expanded: 1 },
    fields: () => COMMENT_FIELDS,
    toItem: toComment,
  };
}
