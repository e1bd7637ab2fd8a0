import { Injectable } from '@nestjs/common';
import { isoTime } from '../../common/iso-time.js';
import { toIdentity, isWrittenBy } from '../../instagram/authorship.js';
import type { Comment, Media, Page } from '../../instagram/graph-objects.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { InstagramError, blocksTarget } from '../../instagram/instagram-error.js';
import { PageWalk } from '../../instagram/page-walk.js';
import { LikeLedger, type LikeState } from '../../ledger/like-ledger.js';
import { Abilities } from '../abilities.js';
import { knownLike } from '../known-like.dto.js';
import type { ProxyCall } from '../proxy-call.js';
import { TargetResolver } from '../targets.js';
import type { CommentBody, CommentsError, MediaAnswer, MediaBody } from './media-answer.dto.js';
import type { MediaClientData } from './media-client-data.dto.js';

/** Comments of a post in one answer, and replies to each; with the longest texts an answer has 1.5 MB, usually 50 kB. */
const COMMENTS_MAX = 50;
const REPLIES_MAX = 10;

const COMMENTS_REFUSED = 'Instagram does not give the comments of this post to the account.';

/** A comment with the one it answers. */
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

/** A page of comments, or why Instagram gives none. */
type Listing<T> = Page<T> & { readonly error?: CommentsError };

/** Tells what a ticket is about. */
@Injectable()
export class MediaService {
  constructor(
    private readonly targets: TargetResolver,
    private readonly instagram: InstagramClient,
    private readonly ledger: LikeLedger,
    private readonly abilities: Abilities,
  ) {}

  /** @throws {ServiceError} `ticket_unknown`, or any of `InstagramClient.readMedia` and `listComments`. */
  async get(call: ProxyCall<MediaClientData>): Promise<MediaAnswer> {
    const { account, data } = call;
    const target = await this.targets.resolve(account, data);
    call.note({ target: `${target.kind}/${target.id}` });
    this.instagram.assertCan('comment', account);
    const [reported, { media, comments, after, commentsError }] = await Promise.all([
      this.instagram.as(account, call.deadline).knownAccount(),
      target.kind === 'media'
        ? this.threadOfMedia(call, target.id)
        : this.threadOfComment(call, target.id),
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
        abilities: this.abilities.of(account),
      },
      media: mediaBody(media, mediaLike),
      comments: comments.map(({ comment, parentId }, index) => ({
        ...commentBody(comment, commentLikes[index]),
        parent_id: parentId ?? null,
        is_own: isWrittenBy(comment, identity),
      })),
      after: after ?? null,
      ...(commentsError === undefined ? {} : { comments_error: commentsError }),
    };
  }

  private async threadOfMedia(
    { account, data, deadline }: ProxyCall<MediaClientData>,
    mediaId: string,
  ): Promise<Thread> {
    const [media, { items, after, error }] = await Promise.all([
      this.instagram.as(account, deadline).readMedia(mediaId),
      listing(data.after, (cursor) =>
        this.instagram.as(account, deadline).listComments(mediaId, cursor, {
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

  private async threadOfComment(
    { account, data, deadline }: ProxyCall<MediaClientData>,
    commentId: string,
  ): Promise<Thread> {
    const asked = await this.instagram.as(account, deadline).readComment(commentId);
    const top = await this.instagram.as(account, deadline).readTop(asked);
    const topId = top.parentId ?? top.id;
    const [media, { items, after, error }] = await Promise.all([
      this.instagram.as(account, deadline).readMedia(asked.mediaId),
      listing(data.after, (cursor) =>
        this.instagram.as(account, deadline).listReplies(topId, cursor),
      ),
    ]);
    const replies = items.map((comment) => ({ comment, parentId: comment.parentId ?? topId }));
    // Lists of replies have one level alone, so a deeper comment is not in them.
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
 * The page at a bookmark that an earlier answer gave as `after`; empty pages are skipped. Without
 * entries where Instagram refuses to list: the post and its heart are still shown.
 */
async function listing<T extends { readonly id: string }>(
  bookmark: string | undefined,
  read: (cursor: string | undefined) => Promise<Page<T>>,
): Promise<Listing<T>> {
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

function mediaBody(media: Media, like: LikeState | undefined): MediaBody {
  return {
    media_id: media.id,
    media_type: media.mediaType,
    caption: media.caption,
    permalink: media.permalink ?? null,
    thumbnail: media.thumbnailUrl ?? null,
    posted_at: timeOf(media),
    like_count: media.likeCount ?? null,
    comments_count: media.commentsCount ?? null,
    comments_enabled: media.commentsEnabled,
    ...knownLike(like),
  };
}

function commentBody(
  comment: Comment,
  like: LikeState | undefined,
): Omit<CommentBody, 'parent_id' | 'is_own'> {
  return {
    comment_id: comment.id,
    username: comment.username ?? null,
    text: comment.text,
    created_at: timeOf(comment),
    hidden: comment.hidden,
    like_count: comment.likeCount ?? null,
    ...knownLike(like),
  };
}

function timeOf({ createdAt }: Pick<Comment, 'createdAt'>): string | null {
  return createdAt === undefined ? null : isoTime(createdAt);
}
