import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { GraphAnswer } from './graph-request.js';

/** Meta counts calls over at most 24 hours, so no wait is longer. */
const WAIT_MAX_SECONDS = 86_400;

/** Type of the header's entries that count calls of the Instagram platform. */
const INSTAGRAM = 'instagram';

/** Types of the entries for use cases whose limits have their own error codes. */
const USE_CASES_BY_CODE: Readonly<Record<number, string>> = {
  32: 'pages',
  80001: 'pages',
  80006: 'messenger',
};

/**
 * Seconds until Meta accepts calls of this account again: the longest
 * `estimated_time_to_regain_access` (minutes) of `X-Business-Use-Case-Usage` for the limit that
 * was hit, else `Retry-After`. Undefined when Meta reports neither.
 *
 * @param code Meta's error code; it says which limit was hit.
 */
export function readRetryAfter(
  answer: Pick<GraphAnswer, 'header'>,
  code?: number,
): number | undefined {
  const usage: unknown = sjson.safeParse(answer.header('x-business-use-case-usage') ?? '');
  const entries: unknown[] =
    usage === null || typeof usage !== 'object' ? [] : Object.values(usage).flat();
  const useCase = USE_CASES_BY_CODE[code ?? 0] ?? INSTAGRAM;
  const minutes = entries
    .filter(isJsonObject)
    .filter((entry) => entry.type === useCase)
    .map((entry) => entry.estimated_time_to_regain_access)
    .filter((value) => typeof value === 'number' && value > 0) as number[];
  const seconds =
    minutes.length > 0 ? Math.max(...minutes) * 60 : Number(answer.header('retry-after') ?? NaN);
  if (!Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Math.min(Math.ceil(seconds), WAIT_MAX_SECONDS);
}
