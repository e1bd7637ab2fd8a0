/** The highest `PROXY_DEADLINE_MS`. Zendesk gives a pull a minute and documents no other limit. */
export const LONGEST_DEADLINE_MS = 60_000;

/** How long a request may stay on the network or in Meta's queues after its caller gave up. */
const AFTER_DEADLINE_MS = 60_000;

/**
 * How long after its start a like or a reply may still take effect at Instagram. Closing the
 * connection does not cancel a request that Meta has received, and Meta documents no limit.
 */
export const LATE_EFFECT_MS = 120_000;

if (LATE_EFFECT_MS < LONGEST_DEADLINE_MS + AFTER_DEADLINE_MS) {
  throw new Error('LATE_EFFECT_MS is shorter than the longest call');
}
