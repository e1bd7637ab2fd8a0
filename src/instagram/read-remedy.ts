import type { ReadRemedy } from './instagram-error.js';

/** A connection that its other end closed, mostly one that was kept for the next call. */
const CLOSED: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

/** What a failure to send a request or to read its answer says about how a read may succeed. */
export function remedyFor(error: unknown): ReadRemedy | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  // axios gives an answer over `maxContentLength` the code of any bad answer, so its text decides.
  if (code === 'ERR_BAD_RESPONSE' && /^maxContentLength\b/.test(String(message))) {
    return 'smaller_page';
  }
  return CLOSED.has(code) ? 'new_connection' : undefined;
}
