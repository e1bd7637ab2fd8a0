/** A click, as the validated `client_data` states it. */
export interface Like {
  readonly mediaId: string;
  readonly liked: boolean;
}

/** Parses and checks the `client_data` of a like, as strictly as the service. */
export function readLike(clientData: string): Like {
  const data = JSON.parse(clientData) as Record<string, unknown>;
  const { media_id: mediaId, liked, ...others } = data;
  if (typeof mediaId !== 'string' || !/^\d{1,30}$/.test(mediaId)) throw new Error('media_id');
  if (liked !== true && liked !== false && liked !== 'true' && liked !== 'false') {
    throw new Error('liked');
  }
  if (Object.keys(others).length > 0) throw new Error('unknown fields');
  return { mediaId, liked: liked === true || liked === 'true' };
}

/** The service's answer. */
export function buildAnswer({ mediaId, liked }: Like): object {
  return {
    ok: true,
    media_id: mediaId,
    liked,
    source: 'instagram',
    changed_at: new Date().toISOString(),
  };
}
