import type { HoldCause, HoldKey } from '../ledger/gate-holds.js';

/** Stands in for the account in a hold of every account. */
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
  return Math.max(hold.until, hold.probeUntil) - now;
}

export function isSame(one: HoldKey, other: HoldKey): boolean {
  return one.igUserId === other.igUserId && one.token === other.token;
}
