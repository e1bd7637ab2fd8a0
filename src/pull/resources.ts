import type { Account } from '../credentials/account.js';
import type { Comment, Media } from '../instagram/graph-objects.js';
import { externalIdOf } from '../zendesk/external-id.js';
import type { ExternalAuthor, ExternalResource } from '../zendesk/external-resource.js';
import { RESOURCE_LIMITS } from '../zendesk/limits.js';

/** Zendesk takes no empty message: what stands in for a post without caption and a comment without text. */
const NO_CAPTION = '(a post without caption)';
const NO_TEXT = '(a comment without text)';
/** As much of a caption as a ticket's subject shows. */
const SUBJECT_CAPTION_CHARS = 60;

/** Where a comment stands: its post and, for a reply, the comment that it answers. */
export interface CommentPlace {
  readonly media: Media;
  readonly parent?: Comment | undefined;
}

/** Turns posts and comments of one account into what Zendesk makes tickets of. */
export class ResourceMapper {
  constructor(
    private readonly account: Pick<Account, 'igUserId' | 'username' | 'threads'>,
    private readonly manifestId: string,
    /** The account's picture, where it is known. */
    private readonly pictureUrl: string | undefined,
  ) {}

  /** The post itself: the first resource of its thread. */
  ofMedia(media: Media): ExternalResource {
    const externalId = externalIdOf({ kind: 'media', mediaId: media.id });
    return {
      external_id: externalId,
      message: media.caption.trim() === '' ? NO_CAPTION : media.caption,
      thread_id: externalId,
      created_at: isoTime(media.createdAt),
      author: this.author(this.account.igUserId, this.account.username),
      ...this.common(media, undefined),
    };
  }

  ofComment(comment: Comment, { media, parent }: CommentPlace): ExternalResource {
    const { username = 'Instagram user' } = comment;
    return {
      external_id: commentId(media, comment),
      message: comment.text.trim() === '' ? NO_TEXT : comment.text,
      thread_id:
        this.account.threads === 'media'
          ? externalIdOf({ kind: 'media', mediaId: media.id })
          : commentId(media, parent ?? comment),
      created_at: isoTime(comment.createdAt),
      // A name is the next best thing where Instagram does not tell the id; both are unique at Instagram.
      author: this.author(comment.authorId ?? `@${username}`, username),
      ...this.common(media, comment),
    };
  }

  private author(externalId: string, name: string): ExternalAuthor {
    const { pictureUrl } = this;
    const isOwn = externalId === this.account.igUserId;
    const fits = pictureUrl !== undefined && pictureUrl.length <= RESOURCE_LIMITS.image_url;
    return { external_id: externalId, name, ...(isOwn && fits ? { image_url: pictureUrl } : {}) };
  }

  private common(
    media: Media,
    comment: Comment | undefined,
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
      allow_channelback: media.commentsEnabled,
      fields: [{ id: 'subject', value: subject(media) }],
    };
  }
}

export function commentId(media: Media, comment: Comment): string {
  return externalIdOf({ kind: 'comment', mediaId: media.id, commentId: comment.id });
}

function subject({ caption, mediaType }: Media): string {
  const kind = mediaType === 'VIDEO' ? 'video' : 'photo';
  const line = caption.split('\n', 1)[0]?.trim() ?? '';
  if (line === '') return `Instagram ${kind}`;
  // Segments are what people see as one character: an emoji is not cut in two.
  const characters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  const shortened =
    characters.length > SUBJECT_CAPTION_CHARS
      ? `${characters.slice(0, SUBJECT_CAPTION_CHARS).join('')}…`
      : line;
  return `Instagram ${kind}: ${shortened}`;
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
