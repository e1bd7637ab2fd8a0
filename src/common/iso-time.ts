/** A time as ISO 8601 in UTC. All results have one length, so they sort as text. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
