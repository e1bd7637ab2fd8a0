import { type HoldCause, type HoldKey, LEFT_MAX_MS } from '../ledger/gate/gate-holds.js';

/** In place of an account's id, in a hold of all accounts. */
export const WHOLE_APP = 'app';

/** A pause of calls, as one process knows it. Times are milliseconds since 1970 by its clock. */
export interface Hold extends HoldKey {
  readonly cause: HoldCause;
  readonly graphCode: number | undefined;
  readonly graphSubcode: number | undefined;
  /** How many probes were refused since it began. */
  readonly repeats: number;
  /** From then on, one call may probe. */
  readonly until: number;
  /** Until then, another call is the probe. */
  readonly probeUntil: number;
  /** When this process changed it last, by `performance.now`. */
  readonly changedAt: number;
}

/** Milliseconds until the next call may pass. */
export function leftOf(hold: Hold, now: number): number {
  return Math.max(toLeft(hold.until, now), toLeft(hold.probeUntil, now));
}

/** Milliseconds until a probe is due. */
export function leftUntilProbe(hold: Hold | undefined, now: number): number {
  return hold === undefined ? 0 : toLeft(hold.until, now);
}

/** A time too far ahead comes from a clock that was set back since. */
function toLeft(until: number, now: number): number {
  return until - now > LEFT_MAX_MS ? 0 : until - now;
}

export function isSame(one: HoldKey, other: HoldKey): boolean {
  return one.igUserId === other.igUserId && one.token === other.token;
}
