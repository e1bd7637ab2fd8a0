import { Injectable } from '@nestjs/common';
import { isoTime } from '../../common/iso-time.js';
import { toIdentity, isWrittenBy } from '../../instagram/authorship.js';
import type { Comment, Media, Page } from '../../instagram/graph-objects.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { InstagramError, blocksTarget } from '../../instagram/instagram-error.js';
import { PageWalk } from '../../instagram/page-walk.js';
import { LikeLedger, type LikeState } from '../../ledger/likes/like-ledger.js';
import { AbilitiesService } from '../abilities.service.js';
import { toKnownLike } from '../known-like.dto.js';
import type { ProxyCall } from '../proxy-call.js';
import { TargetResolver } from '../target-resolver.js';
import type { CommentBody, CommentsError, MediaAnswer, MediaBody } from './media-answer.dto.js';
import type { MediaClientData } from './media-client-data.dto.js';

/**
 * Comments of a post in one answer, and replies to each. An answer usually has 50 kB; with the
 * longest texts it has 1.5 MB.
 */
const COMMENTS_MAX = 50;
const REPLIES_MAX = 10;

const COMMENTS_REFUSED = 'Instagram does not show the comments of this post to the account.';

/** A comment with the id of the comment to which it replies. */
interface ThreadComment {
  readonly comment: Comment;
  readonly parentId: string | undefined;
}

interface Thread {
  readonly media: Media;
  readonly comments: readonly ThreadComment[];
  readonly after: string | undefined;
  readonly commentsError: CommentsError | undefined;
}

/** A page of comments, or the reason why Instagram refuses it. */
type CommentsPage<T> = Page<T> & { readonly error?: CommentsError };

/** Returns the post and the comments that a ticket shows. */
@Injectable()
export class MediaService {
  constructor(
    private readonly targets: TargetResolver,
    private readonly instagram: InstagramClient,
    private readonly ledger: LikeLedger,
    private readonly abilities: AbilitiesService,
  ) {}

  /**
   * @throws {ServiceError} `ticket_unknown`, or any of `InstagramClient.assertCan`,
   *   `InstagramSession.readMedia`, `readComment` and `listComments`.
   */
  async get(call: ProxyCall<MediaClientData>): Promise<MediaAnswer> {
    const { account, data } = call;
    const target = await this.targets.resolve(account, data);
    call.note({ target: `${target.kind}/${target.id}` });
    this.instagram.assertCan('comment', account);
    const [reported, { media, comments, after, commentsError }] = await Promise.all([
      this.instagram.as(account, call.deadline).knownAccount(),
      target.kind === 'media'
        ? this.readMediaThread(call, target.id)
        : this.readCommentThread(call, target.id),
    ]);
    const identity = toIdentity(account, reported);
    const [mediaLike, ...commentLikes] = await this.ledger.states(account.igUserId, [
      { kind: 'media', id: media.id },
      ...comments.map(({ comment: { id } }) => ({ kind: 'comment' as const, id })),
    ]);
    call.note({ outcome: 'ok' });
    return {
      ok: true,
      account: {
        ig_user_id: account.igUserId,
        username: identity.username,
        abilities: this.abilities.list(account),
      },
      media: toMediaBody(media, mediaLike),
      comments: comments.map(({ comment, parentId }, index) => ({
        ...toCommentBody(comment, commentLikes[index]),
        parent_id: parentId ?? null,
        is_own: isWrittenBy(comment, identity),
      })),
      after: after ?? null,
      ...(commentsError === undefined ? {} : { comments_error: commentsError }),
    };
  }

  private async readMediaThread(
    { account, data, deadline }: ProxyCall<MediaClientData>,
    mediaId: string,
  ): Promise<Thread> {
    const instagram = this.instagram.as(account, deadline);
    const [media, { items, after, error }] = await Promise.all([
      instagram.readMedia(mediaId),
      readCommentsPage(data.after, (cursor) =>
        instagram.listComments(mediaId, cursor, {
          comments: COMMENTS_MAX,
          replies: REPLIES_MAX,
        }),
      ),
    ]);
    const comments = items.flatMap((comment): ThreadComment[] => [
      { comment, parentId: comment.parentId },
      ...comment.replies.items.map((reply) => ({ comment: reply, parentId: comment.id })),
    ]);
    return { media, comments, after, commentsError: error };
  }

  private async readCommentThread(
    { account, data, deadline }: ProxyCall<MediaClientData>,
    commentId: string,
  ): Promise<Thread> {
    const instagram = this.instagram.as(account, deadline);
    const asked = await instagram.readComment(commentId);
    const top = await instagram.readTop(asked);
    const topId = top.parentId ?? top.id;
    const [media, { items, after, error }] = await Promise.all([
      instagram.readMedia(asked.mediaId),
      readCommentsPage(data.after, (cursor) => instagram.listReplies(topId, cursor)),
    ]);
    const replies = items.map((comment) => ({ comment, parentId: comment.parentId ?? topId }));
    // Lists of replies have one level, so a deeper comment is not among them.
    const isDeeper = asked !== top && asked.parentId !== topId;
    return {
      media,
      comments: [
        ...(top.parentId === undefined ? [{ comment: top, parentId: undefined }] : []),
        ...replies,
        ...(isDeeper ? [{ comment: asked, parentId: asked.parentId }] : []),
      ],
      after,
      commentsError: error,
    };
  }
}

/**
 * Reads the page at a bookmark, the `after` of an earlier answer. Skips empty pages. If Instagram
 * refuses the list, the page has no entries, and the post still appears with its heart.
 */
async function readCommentsPage<T extends { readonly id: string }>(
  bookmark: string | undefined,
  read: (cursor: string | undefined) => Promise<Page<T>>,
): Promise<CommentsPage<T>> {
  const walk = new PageWalk(bookmark);
  try {
    for (;;) {
      const page = await read(walk.cursor);
      const isMore = walk.advance(page);
      if (page.items.length > 0 || !isMore) {
        return { items: page.items, after: isMore ? walk.bookmark : undefined };
      }
    }
  } catch (error) {
    if (!(error instanceof InstagramError) || !blocksTarget(error)) throw error;
    const { code } = error;
    return { items: [], after: undefined, error: { code, message: COMMENTS_REFUSED } };
  }
}

function toMediaBody(media: Media, like: LikeState | undefined): MediaBody {
  return {
    media_id: media.id,
    media_type: media.mediaType,
    caption: media.caption,
    permalink: media.permalink ?? null,
    thumbnail: media.thumbnailUrl ?? null,
    posted_at: toIsoTime(media),
    like_count: media.likeCount ?? null,
    comments_count: media.commentsCount ?? null,
    comments_enabled: media.commentsEnabled,
    ...toKnownLike(like),
  };
}

function toCommentBody(
  comment: Comment,
  like: LikeState | undefined,
): Omit<CommentBody, 'parent_id' | 'is_own'> {
  return {
    comment_id: comment.id,
    username: comment.username ?? null,
    text: comment.text,
    created_at: toIsoTime(comment),
    hidden: comment.hidden,
    like_count: comment.likeCount ?? null,
    ...toKnownLike(like),
  };
}

function toIsoTime({ createdAt }: Pick<Comment, 'createdAt'>): string | null {
  return createdAt === undefined ? null : isoTime(createdAt);
}
