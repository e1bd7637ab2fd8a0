import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { env } from 'node:process';
import { setImmediate } from 'node:timers';

/**
 * Runs in a service process of the trial `refusals`. Writes one character to a file for each call
 * that the process sends after the first refusal has reached its host.
 *
 * A refusal that arrives during a turn of the event loop is read at the start of the next one, so
 * the calls of the turn before count too.
 */
const file = env.FURTHER_CALLS_FILE;
let sentLately = 0;
let isRefused = false;

const note = (calls) => {
  appendFileSync(file, 'x'.repeat(calls));
};

subscribe('undici:client:sendHeaders', () => {
  if (isRefused) {
    note(1);
    return;
  }
  sentLately += 1;
  setImmediate(() => {
    sentLately -= 1;
  });
});
subscribe('undici:request:headers', ({ response }) => {
  if (isRefused || response.statusCode < 400) return;
  isRefused = true;
  note(sentLately);
});
