import sjson from 'secure-json-parse';
import { isJsonObject, type JsonObject } from '../common/json-object.js';
import type { Usage, UsageReport } from '../gate/usage-meter.js';
import type { GraphAnswer } from './graph-request.js';

/** Meta counts calls over at most 24 hours, so no wait is longer. */
const WAIT_MAX_SECONDS = 86_400;

/** Type of the header's entries that count calls of the Instagram platform. */
const INSTAGRAM = 'instagram';

/** Codes of limits that all accounts of the app share. */
export const APP_LIMIT_CODES: ReadonlySet<number | undefined> = new Set([4, 341]);

/** Types of the entries for use cases whose limits have their own error codes. */
const USE_CASES_BY_CODE: Readonly<Record<number, string>> = {
  32: 'pages',
  80001: 'pages',
  80006: 'messenger',
};

/**
 * Seconds until Meta accepts calls of this account again: the longest
 * `estimated_time_to_regain_access` (minutes) of `X-Business-Use-Case-Usage` for the limit that
 * was hit, else `Retry-After`. For a limit of the app it is `Retry-After` alone, because the other
 * header is about one account. Undefined when Meta reports neither.
 *
 * @param code Meta's error code; it says which limit was hit.
 */
export function readRetryAfter(
  answer: Pick<GraphAnswer, 'header'>,
  code?: number,
): number | undefined {
  const isOfApp = APP_LIMIT_CODES.has(code);
  const business = isOfApp ? undefined : answer.header('x-business-use-case-usage');
  const usage: unknown = sjson.safeParse(business ?? '');
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

/** Meta's headers have less than 1,000 characters; a longer one is ignored. */
const HEADER_MAX_CHARS = 8192;
/** Meta's counters are percent, and may exceed 100. */
const PERCENT_MAX = 1000;
/** Counters in percent (Graph API, "Rate limits"). */
const COUNTERS = ['call_count', 'total_time', 'total_cputime'] as const;

/**
 * The used part of the app's and the account's limits: `X-App-Usage`, and the entries of type
 * `instagram` in `X-Business-Use-Case-Usage`. Undefined parts were not reported.
 */
export function readUsage(answer: Pick<GraphAnswer, 'header'>, igUserId?: string): Usage {
  const business = parseHeader(answer.header('x-business-use-case-usage'));
  const own = igUserId === undefined ? undefined : business?.[igUserId];
  const entries: unknown[] = business === undefined ? [] : [own ?? Object.values(business)].flat(2);
  const reports = entries
    .filter(isJsonObject)
    .filter(({ type }) => type === INSTAGRAM)
    .map(toReport)
    .filter((report) => report !== undefined);
  const app = parseHeader(answer.header('x-app-usage'));
  return {
    app: app === undefined ? undefined : toReport(app),
    account: reports.length === 0 ? undefined : reports.reduce(higher),
  };
}

function parseHeader(text = ''): JsonObject | undefined {
  if (text === '' || text.length > HEADER_MAX_CHARS) return undefined;
  const json: unknown = sjson.safeParse(text);
  return isJsonObject(json) ? json : undefined;
}

function toReport(entry: JsonObject): UsageReport | undefined {
  const counters = COUNTERS.map((name) => entry[name]).filter(
    (value) => typeof value === 'number' && value >= 0 && value <= PERCENT_MAX,
  ) as number[];
  if (counters.length === 0) return undefined;
  const minutes = entry.estimated_time_to_regain_access;
  const isTime = typeof minutes === 'number' && minutes > 0;
  const seconds = isTime ? Math.min(minutes * 60, WAIT_MAX_SECONDS) : undefined;
  return {
    percent: Math.max(...counters),
    regainMs: seconds === undefined ? undefined : seconds * 1000,
  };
}

function higher(one: UsageReport, other: UsageReport): UsageReport {
  return other.percent > one.percent ? other : one;
}
