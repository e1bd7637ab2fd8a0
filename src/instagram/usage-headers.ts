import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { GraphAnswer } from './graph-transport.js';

/** Meta counts over 24 hours at most, so no wait is longer. */
const WAIT_MAX_SECONDS = 86_400;

/** The entries of the header that count calls of the Instagram platform; others count ads, messages and the like. */
const USE_CASE = 'instagram';

/**
 * Seconds until Meta takes calls of this account again: the longest `estimated_time_to_regain_access` (minutes) of
 * `X-Business-Use-Case-Usage`, else `Retry-After`. Undefined where Meta does not say.
 */
export function retryAfterSeconds(answer: Pick<GraphAnswer, 'header'>): number | undefined {
  const usage: unknown = sjson.safeParse(answer.header('x-business-use-case-usage') ?? '');
  const entries: unknown[] =
    usage === null || typeof usage !== 'object' ? [] : Object.values(usage).flat();
  const minutes = entries
    .filter(isJsonObject)
    .filter((entry) => entry.type === USE_CASE)
    .map((entry) => entry.estimated_time_to_regain_access)
    .filter((value) => typeof value === 'number' && value > 0) as number[];
  const seconds =
    minutes.length > 0 ? Math.max(...minutes) * 60 : Number(answer.header('retry-after') ?? NaN);
  if (!Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Math.min(Math.ceil(seconds), WAIT_MAX_SECONDS);
}
