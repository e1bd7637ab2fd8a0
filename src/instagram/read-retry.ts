import { InstagramError } from './instagram-error.js';

/** A wait of random length keeps many callers from retrying at the same moment. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 300;
/** A read is retried only while this part of its time is left. */
const TIME_LEFT_SHARE = 0.5;
const SERVER_ERROR = 500;

interface ReadTimes {
  /** The time that the read had when it started. */
  readonly startMs: number;
  readonly leftMs: number;
}

/**
 * How long to wait before a failed read is repeated, once; undefined if a repeat is no use. A
 * connection that broke before the answer is replaced at once: usually the other end had closed an
 * idle one.
 *
 * @param hasSizes the caller itself repeats the read, with a smaller page.
 */
export function findRetryDelay(
  error: unknown,
  hasSizes: boolean,
  { startMs, leftMs }: ReadTimes,
): number | undefined {
  if (!(error instanceof InstagramError)) return undefined;
  if (error.remedy === 'new_connection') return 0;
  if (!isTransientFailure(error) || leftMs < startMs * TIME_LEFT_SHARE) return undefined;
  const isSized = error.remedy === 'smaller_page' || error.remedy === 'maybe_smaller_page';
  if (isSized && (hasSizes || error.remedy === 'smaller_page')) return undefined;
  return RETRY_MIN_MS + Math.random() * (RETRY_MAX_MS - RETRY_MIN_MS);
}

/** Whether Instagram had a temporary problem or could not be reached. */
function isTransientFailure({ code, reach, log }: InstagramError): boolean {
  if (code !== 'platform_unavailable' || reach !== 'call') return false;
  const { graph_status: status, graph_code: graphCode } = log;
  return status === undefined || graphCode !== undefined || status >= SERVER_ERROR;
}
