/**
 * What a resource stands for at Instagram. Zendesk knows it by its `external_id`, for ever: `media:<media id>` or
 * `comment:<media id>:<comment id>`. So a comment's post is known wherever Zendesk names the comment.
 */
export type InstagramResource =
  | { readonly kind: 'media'; readonly mediaId: string }
  | { readonly kind: 'comment'; readonly mediaId: string; readonly commentId: string };

const EXTERNAL_ID = /^(?:media:(\d{1,30})|comment:(\d{1,30}):(\d{1,30}))$/;

export function toExternalId(resource: InstagramResource): string {
  return resource.kind === 'media'
    ? `media:${resource.mediaId}`
    : `comment:${resource.mediaId}:${resource.commentId}`;
}

/** What an `external_id` stands for; undefined where it is none of this service's. */
export function parseExternalId(externalId: string): InstagramResource | undefined {
  const [, media, mediaOfComment, comment] = EXTERNAL_ID.exec(externalId) ?? [];
  if (media !== undefined) return { kind: 'media', mediaId: media };
  if (mediaOfComment === undefined || comment === undefined) return undefined;
  return { kind: 'comment', mediaId: mediaOfComment, commentId: comment };
}
