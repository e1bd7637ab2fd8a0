/** How many calls Meta accepts of an account, as this service uses it. */
export interface PaceRule {
  /** How many calls may come at once after a pause. */
  readonly burst: number;
  /** The time for each further call. */
  readonly intervalMs: number;
  /** Meta counts the calls of this time. */
  readonly windowMs: number;
}

/**
 * Meta locks an account out for an hour after more than 50 likes and unlikes in 5 seconds
 * (Instagram Platform, "User Likes"). At most 40 are sent in any 5 seconds, so calls that the
 * network delays and then delivers together stay below the limit.
 */
export const LIKE_PACE: PaceRule = { burst: 20, intervalMs: 250, windowMs: 5000 };
/**
 * Meta accepts 750 private replies in any hour (Instagram Platform, "Private replies"). At most 744
 * are sent, and 750 over a restart.
 */
export const MESSAGE_PACE: PaceRule = { burst: 24, intervalMs: 5000, windowMs: 3_600_000 };

/**
 * The pace of one process while the shared rows fail. For likes that is one in 2 seconds: three
 * processes send 9 in any 5 seconds, which with the 40 of the shared pace stay below Meta's 50.
 */
export function toLonePace({ intervalMs, windowMs }: PaceRule): PaceRule {
  return { burst: 1, intervalMs: intervalMs * LONE_FACTOR, windowMs };
}

const LONE_FACTOR = 8;

/** The result of a claim. Times are milliseconds of the claim's clock. */
export interface Claimed {
  readonly granted: number;
  /** The theoretical time of the next call. */
  readonly next: number;
}

/** No valid time is further ahead. Such a one comes from a clock that was set back since. */
const AHEAD_MAX_MS = 3_600_000;

/** How far a call may come before its theoretical time. */
export function toTolerance({ burst, intervalMs }: PaceRule): number {
  return (burst - 1) * intervalMs;
}

/** The wait for the call that has this theoretical time. */
export function toWait(rule: PaceRule, next: number, now: number): number {
  const wait = Math.max(0, next - toTolerance(rule) - now);
  return wait > AHEAD_MAX_MS ? 0 : wait;
}

/**
 * The generic cell rate algorithm (ITU-T I.371): grants as many of the calls as fit, each after at
 * most `waitMs`. `GatePaces.claim` computes the same in PostgreSQL.
 */
export function claimPace(
  rule: PaceRule,
  next: number,
  { now, count, waitMs }: { now: number; count: number; waitMs: number },
): Claimed {
  const from = next > now + AHEAD_MAX_MS ? now : Math.max(next, now);
  const room = Math.floor(waitMs) + toTolerance(rule) + rule.intervalMs - (from - now);
  const granted = Math.min(count, Math.floor(Math.max(0, room) / rule.intervalMs));
  return { granted, next: from + granted * rule.intervalMs };
}
