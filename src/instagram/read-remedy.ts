import type { ReadRemedy } from './instagram-error.js';

/** The other end closed the connection, usually one that was kept open for later calls. */
const CLOSED: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

/** How the same read may succeed after a failure to send it or to read its answer. */
export function findRemedy(error: unknown): ReadRemedy | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  // axios reports an answer over `maxContentLength` like any bad answer, so its text decides.
  if (code === 'ERR_BAD_RESPONSE' && /^maxContentLength\b/.test(String(message))) {
    return 'smaller_page';
  }
  return CLOSED.has(code) ? 'new_connection' : undefined;
}
