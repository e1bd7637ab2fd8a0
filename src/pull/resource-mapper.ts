import { isoTime } from '../common/iso-time.js';
import type { Account } from '../domain/account.js';
import { type AccountIdentity, toIdentity, isWrittenBy } from '../instagram/authorship.js';
import type { Comment, InstagramAccount, Media } from '../instagram/graph-objects.js';
import { toExternalId } from '../domain/external-id.js';
import type { ExternalAuthor, ExternalResource } from '../zendesk/external-resource.js';
import { RESOURCE_LIMITS } from '../zendesk/limits.js';

/** Zendesk rejects an empty message. These replace a missing caption and text. */
const NO_CAPTION = '(a post without caption)';
const NO_TEXT = '(a comment without text)';
const NO_NAME = 'Instagram user';
/** The most of a text that a ticket's subject shows. */
const SUBJECT_TEXT_CHARS = 60;

const POST_KINDS: Readonly<Record<string, string>> = {
  IMAGE: 'photo',
  VIDEO: 'video',
};

/** A comment's post and, for a reply, the comment that it answers. */
export interface CommentPlace {
  readonly media: Media;
  readonly parent?: Comment | undefined;
  /**
   * Id of the comment right under the post, if that is neither `parent` nor the comment itself.
   */
  readonly topId?: string | undefined;
}

/** Maps posts and comments of one account to the resources that become tickets in Zendesk. */
export class ResourceMapper {
  private readonly identity: AccountIdentity;
  private readonly pictureUrl: string | undefined;

  /** @param reported the account's name and picture, if Instagram reported them. */
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
   * @param undatedAt the time to use if Instagram reports none.
   */
  mapMedia(media: Media, undatedAt = 0): ExternalResource {
    const externalId = toMediaExternalId(media);
    return {
      external_id: externalId,
      message: toMessage(media.caption, NO_CAPTION),
      thread_id: externalId,
      created_at: isoTime(media.createdAt ?? undatedAt),
      author: this.ownAuthor(),
      ...this.toCommonFields(media),
    };
  }

  /** @param undatedAt as for `mapMedia`. */
  mapComment(
    comment: Comment,
    { media, parent, topId = parent?.id ?? comment.id }: CommentPlace,
    undatedAt = 0,
  ): ExternalResource {
    return {
      external_id: toCommentExternalId(media, comment),
      message: toMessage(comment.text, NO_TEXT),
      thread_id:
        this.account.threads === 'media'
          ? toMediaExternalId(media)
          : toCommentExternalId(media, { id: topId }),
      created_at: isoTime(comment.createdAt ?? undatedAt),
      author: this.toAuthor(comment),
      ...this.toCommonFields(media, comment, parent),
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

  private toAuthor(comment: Comment): ExternalAuthor {
    if (isWrittenBy(comment, this.identity)) return this.ownAuthor();
    const { authorId, username } = comment;
    // Names are unique at Instagram. Without id and name, each comment has an author of its own.
    const unnamed = username === undefined ? `comment:${comment.id}` : `@${username}`;
    return { external_id: authorId ?? unnamed, name: username ?? NO_NAME };
  }

  private toCommonFields(
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
      // Instagram shows a hidden comment and its replies only to its author.
      allow_channelback:
        media.commentsEnabled && comment?.hidden !== true && parent?.hidden !== true,
      fields: [{ id: 'subject', value: this.toSubject(media, comment) }],
    };
  }

  /** The ticket's subject: the post or, if each comment has its own ticket, the comment. */
  private toSubject(media: Media, comment: Comment | undefined): string {
    return comment === undefined || this.account.threads === 'media'
      ? buildSubject(`Instagram ${POST_KINDS[media.mediaType] ?? 'post'}`, media.caption)
      : buildSubject('Instagram comment', comment.text);
  }
}

export function toMediaExternalId({ id }: Media): string {
  return toExternalId({ kind: 'media', mediaId: id });
}

export function toCommentExternalId(media: Media, comment: Pick<Comment, 'id'>): string {
  return toExternalId({ kind: 'comment', mediaId: media.id, commentId: comment.id });
}

/** A text that Zendesk accepts: visible, short enough, well-formed. */
function toMessage(text: string, replacement: string): string {
  const message = text.slice(0, RESOURCE_LIMITS.message).replaceAll('\0', '').toWellFormed();
  return VISIBLE.test(message) ? message : replacement;
}

/**
 * A visible character. Unicode calls most invisible ones "default ignorable": zero-width
 * characters, variation selectors, bidirectional controls, Hangul fillers, tags. The others are
 * blank Braille, the object replacement, a null notehead and the invisible controls of some
 * scripts.
 */
const VISIBLE = new RegExp(
  String.raw`[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Z}\p{Cc}\u2800\uFFFC` +
    String.raw`\uFFF9-\uFFFB\u{1D159}\u{1D173}-\u{1D17A}\u{13430}-\u{1343F}]`,
  'u',
);
const CHARACTERS = new Intl.Segmenter();
/** Line ends of Unicode; a ticket list shows one line. */
const LINE_END = /[\n-\r\x85\u2028\u2029]/;

/** The kind of resource, and the start of the first visible line. */
function buildSubject(kind: string, text: string): string {
  const message = toMessage(text, '');
  const start = message.search(VISIBLE);
  if (start < 0) return kind;
  const [firstLine = ''] = message.slice(start).split(LINE_END, 1);
  const line = firstLine.replaceAll(/\p{Cc}+/gu, ' ').trim();
  let shown = '';
  let characters = 0;
  // A segment is one character to a reader. An emoji of several code points is not cut.
  for (const { segment } of CHARACTERS.segment(line)) {
    characters += 1;
    if (characters > SUBJECT_TEXT_CHARS) return `${kind}: ${shown}…`;
    shown += segment;
  }
  return `${kind}: ${line}`;
}
