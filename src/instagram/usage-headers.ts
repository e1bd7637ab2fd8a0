import sjson from 'secure-json-parse';
import type { GraphAnswer } from './graph-transport.js';

/** Meta counts over 24 hours at most, so no wait is longer. */
const WAIT_MAX_SECONDS = 86_400;

/**
 * Seconds until Meta takes calls of this account again: the longest `estimated_time_to_regain_access` (minutes) of
 * `X-Business-Use-Case-Usage`, else `Retry-After`. Undefined where Meta does not say.
 */
export function retryAfterSeconds(answer: Pick<GraphAnswer, 'header'>): number | undefined {
  const usage: unknown = sjson.safeParse(answer.header('x-business-use-case-usage') ?? '');
  const entries: unknown[] =
    usage === null || typeof usage !== 'object' ? [] : Object.values(usage).flat();
  const minutes = entries
    .map((entry) => (entry as Record<string, unknown> | null)?.estimated_time_to_regain_access)
    .filter((value) => typeof value === 'number');
  const seconds =
    minutes.length > 0 ? Math.max(...minutes) * 60 : Number(answer.header('retry-after') ?? NaN);
  if (!Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Math.min(Math.ceil(seconds), WAIT_MAX_SECONDS);
}
