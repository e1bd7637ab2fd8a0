import { isoTime } from '../common/iso-time.js';
import type { Account } from '../domain/account.js';
import { type AccountIdentity, toIdentity, isWrittenBy } from '../instagram/authorship.js';
import type { Comment, InstagramAccount, Media } from '../instagram/graph-objects.js';
import { toExternalId } from '../domain/external-id.js';
import type { ExternalAuthor, ExternalResource } from '../zendesk/external-resource.js';
import { RESOURCE_LIMITS } from '../zendesk/limits.js';

/** Zendesk takes no empty message: what stands in for a post without caption and a comment without text. */
const NO_CAPTION = '(a post without caption)';
const NO_TEXT = '(a comment without text)';
const NO_NAME = 'Instagram user';
/** As much of a text as a ticket's subject shows. */
const SUBJECT_TEXT_CHARS = 60;

const KIND_OF_POST: Readonly<Record<string, string>> = {
  IMAGE: 'photo',
  VIDEO: 'video',
};

/** Where a comment stands: its post and, for a reply, the comment that it answers. */
export interface CommentPlace {
  readonly media: Media;
  readonly parent?: Comment | undefined;
  /**
   * Id of the comment right under the post, where neither `parent` nor the comment itself is that.
   */
  readonly topId?: string | undefined;
}

/** KeyedLock posts and comments of one account into what Zendesk makes tickets of. */
export class ResourceMapper {
  private readonly identity: AccountIdentity;
  private readonly pictureUrl: string | undefined;

  /** @param reported the account's name and picture, as far as Instagram reported them. */
  constructor(
    private readonly account: Pick<Account, 'igUserId' | 'username' | 'threads'>,
    private readonly manifestId: string,
    reported: InstagramAccount,
  ) {
    this.identity = toIdentity(account, reported);
    this.pictureUrl = reported.pictureUrl;
  }

  /**
   * The post itself: the first resource of its thread.
   *
   * @param undatedAt the time to give where Instagram reports none.
   */
  ofMedia(media: Media, undatedAt = 0): ExternalResource {
    const externalId = readMediaId(media);
    return {
      external_id: externalId,
      message: messageOf(media.caption, NO_CAPTION),
      thread_id: externalId,
      created_at: isoTime(media.createdAt ?? undatedAt),
      author: this.ownAuthor(),
      ...this.common(media),
    };
  }

  /** @param undatedAt as for `ofMedia`. */
  ofComment(
    comment: Comment,
    { media, parent, topId = parent?.id ?? comment.id }: CommentPlace,
    undatedAt = 0,
  ): ExternalResource {
    return {
      external_id: readCommentId(media, comment),
      message: messageOf(comment.text, NO_TEXT),
      thread_id:
        this.account.threads === 'media' ? readMediaId(media) : readCommentId(media, { id: topId }),
      created_at: isoTime(comment.createdAt ?? undatedAt),
      author: this.authorOf(comment),
      ...this.common(media, comment, parent),
    };
  }

  private ownAuthor(): ExternalAuthor {
    const { igUserId, username } = this.identity;
    const { pictureUrl } = this;
    const fits = pictureUrl !== undefined && pictureUrl.length <= RESOURCE_LIMITS.image_url;
    return {
      external_id: igUserId,
      name: username,
      ...(fits ? { image_url: pictureUrl } : {}),
    };
  }

  private authorOf(comment: Comment): ExternalAuthor {
    if (isWrittenBy(comment, this.identity)) return this.ownAuthor();
    const { authorId, username } = comment;
    // A name is the next best thing where Instagram does not tell the id: it is unique there. Without it, nobody is taken for another.
    const unnamed = username === undefined ? `comment:${comment.id}` : `@${username}`;
    return { external_id: authorId ?? unnamed, name: username ?? NO_NAME };
  }

  private common(
    media: Media,
    comment?: Comment,
    parent?: Comment,
  ): Pick<ExternalResource, 'display_info' | 'allow_channelback' | 'fields'> {
    return {
      display_info: [
        {
          type: `${this.manifestId}/media/v1`,
          data: {
            media_id: media.id,
            comment_id: comment?.id ?? null,
            media_type: media.mediaType,
            permalink: media.permalink ?? null,
            thumbnail: media.thumbnailUrl ?? null,
          },
        },
      ],
      // Instagram shows a hidden comment, and what is beneath it, to its author alone.
      allow_channelback:
        media.commentsEnabled && comment?.hidden !== true && parent?.hidden !== true,
      fields: [{ id: 'subject', value: this.subjectOf(media, comment) }],
    };
  }

  /** What the ticket is about: the post or, where each comment has a ticket of its own, the comment. */
  private subjectOf(media: Media, comment: Comment | undefined): string {
    return comment === undefined || this.account.threads === 'media'
      ? subject(`Instagram ${KIND_OF_POST[media.mediaType] ?? 'post'}`, media.caption)
      : subject('Instagram comment', comment.text);
  }
}

export function readMediaId({ id }: Media): string {
  return toExternalId({ kind: 'media', mediaId: id });
}

export function readCommentId(media: Media, comment: Pick<Comment, 'id'>): string {
  return toExternalId({ kind: 'comment', mediaId: media.id, commentId: comment.id });
}

/** A text as Zendesk takes it: something to see, not too long, well-formed. */
function messageOf(text: string, instead: string): string {
  const message = text.slice(0, RESOURCE_LIMITS.message).replaceAll('\0', '').toWellFormed();
  return VISIBLE.test(message) ? message : instead;
}

/**
 * A character that shows something. Unicode calls most that do not "default ignorable": zero-
 * width characters, variation selectors, bidirectional controls, Hangul fillers, tags. The others
 * are blank Braille, the object replacement, a null notehead and the invisible controls of some
 * scripts.
 */
const VISIBLE = new RegExp(
  String.raw`[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Z}\p{Cc}\u2800\uFFFC` +
    String.raw`\uFFF9-\uFFFB\u{1D159}\u{1D173}-\u{1D17A}\u{13430}-\u{1343F}]`,
  'u',
);
/** Ends of a line, for Unicode and for a ticket list that shows one. */
const LINE_END = /[\n-\r\x85\u2028\u2029]/;

/** What it is about, and the beginning of the first line that shows something. */
function subject(what: string, text: string): string {
  const message = messageOf(text, '');
  const start = message.search(VISIBLE);
  if (start < 0) return what;
  const [firstLine = ''] = message.slice(start).split(LINE_END, 1);
  const line = firstLine.replaceAll(/\p{Cc}+/gu, ' ').trim();
  let shown = '';
  let characters = 0;
  // Segments are what people see as one character: an emoji is not cut in two.
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    characters += 1;
    if (characters > SUBJECT_TEXT_CHARS) return `${what}: ${shown}…`;
    shown += segment;
  }
  return `${what}: ${line}`;
}
