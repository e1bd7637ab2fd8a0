import { Inject, Injectable } from '@nestjs/common';
import { identityOf, isWrittenBy } from '../../instagram/authorship.js';
import type { Comment, Media } from '../../instagram/graph-objects.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { LikeLedger, type LikeState } from '../../ledger/like-ledger.js';
import { Abilities } from '../abilities.js';
import { knownLike } from '../known-like.dto.js';
import type { ProxyCall } from '../proxy-call.js';
import { Targets } from '../targets.js';
import type { CommentBody, MediaAnswer, MediaBody } from './media-answer.dto.js';
import type { MediaClientData } from './media-client-data.dto.js';

/** Comments of a post in one answer, and replies to each; with the longest texts an answer has 1.5 MB, usually 50 kB. */
const COMMENTS_MAX = 50;
const REPLIES_MAX = 10;

/** A comment with the one it answers. */
interface ThreadComment {
  readonly comment: Comment;
  readonly parentId: string | undefined;
}

interface Thread {
  readonly media: Media;
  readonly comments: readonly ThreadComment[];
  readonly after: string | undefined;
}

/** Tells what a ticket is about. */
@Injectable()
export class MediaService {
  constructor(
    @Inject(Targets) private readonly targets: Targets,
    @Inject(InstagramClient) private readonly instagram: InstagramClient,
    @Inject(LikeLedger) private readonly ledger: LikeLedger,
    @Inject(Abilities) private readonly abilities: Abilities,
  ) {}

  /** @throws {ServiceError} `ticket_unknown`, or any of `InstagramClient.readMedia` and `listComments`. */
  async get(call: ProxyCall<MediaClientData>): Promise<MediaAnswer> {
    const { account, data } = call;
    const target = await this.targets.resolve(account, data);
    call.note({ target: `${target.kind}/${target.id}` });
    this.instagram.assertCanComment(account);
    const [reported, { media, comments, after }] = await Promise.all([
      this.instagram.knownAccount(account, call.deadline),
      target.kind === 'media'
        ? this.threadOfMedia(call, target.id)
        : this.threadOfComment(call, target.id),
    ]);
    const identity = identityOf(account, reported);
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
    };
  }

  private async threadOfMedia(
    { account, data, deadline }: ProxyCall<MediaClientData>,
    mediaId: string,
  ): Promise<Thread> {
    const [media, { items, after }] = await Promise.all([
      this.instagram.readMedia(account, mediaId, deadline),
      this.instagram.listComments(account, mediaId, data.after, deadline, {
        comments: COMMENTS_MAX,
        replies: REPLIES_MAX,
      }),
    ]);
    const comments = items.flatMap((comment): ThreadComment[] => [
      { comment, parentId: undefined },
      ...comment.replies.items.map((reply) => ({ comment: reply, parentId: comment.id })),
    ]);
    return { media, comments, after };
  }

  private async threadOfComment(
    { account, data, deadline }: ProxyCall<MediaClientData>,
    commentId: string,
  ): Promise<Thread> {
    const asked = await this.instagram.readComment(account, commentId, deadline);
    const topId = asked.parentId ?? asked.id;
    const [media, top, { items, after }] = await Promise.all([
      this.instagram.readMedia(account, asked.mediaId, deadline),
      asked.parentId === undefined ? asked : this.instagram.readComment(account, topId, deadline),
      this.instagram.listReplies(account, topId, data.after, deadline),
    ]);
    const replies = items.map((comment) => ({ comment, parentId: topId }));
    return { media, comments: [{ comment: top, parentId: undefined }, ...replies], after };
  }
}

function mediaBody(media: Media, like: LikeState | undefined): MediaBody {
  return {
    media_id: media.id,
    media_type: media.mediaType,
    caption: media.caption,
    permalink: media.permalink ?? null,
    thumbnail: media.thumbnailUrl ?? null,
    posted_at: new Date(media.createdAt).toISOString(),
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
    created_at: new Date(comment.createdAt).toISOString(),
    hidden: comment.hidden,
    like_count: comment.likeCount ?? null,
    ...knownLike(like),
  };
}
