/** A moment, in milliseconds since 1970, as ISO 8601, UTC: of one length, so that such texts sort as their moments do. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
