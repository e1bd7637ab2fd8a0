/**
 * The post or comment behind a Zendesk resource. Zendesk keeps its `external_id` permanently:
 * `media:<media id>` or `comment:<media id>:<comment id>`, so a comment's id also names its post.
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

/** Returns undefined for an `external_id` that this service did not make. */
export function parseExternalId(externalId: string): InstagramResource | undefined {
  const [, media, mediaOfComment, comment] = EXTERNAL_ID.exec(externalId) ?? [];
  if (media !== undefined) return { kind: 'media', mediaId: media };
  if (mediaOfComment === undefined || comment === undefined) return undefined;
  return { kind: 'comment', mediaId: mediaOfComment, commentId: comment };
}
