import type { HoldCause, HoldKey } from '../ledger/gate/gate-holds.js';
import type { CallKind } from '../domain/call-kind.js';
import type { GateCall, Refusal } from './gate-call.js';
import { WHOLE_APP } from './hold.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * How often a refused token is tried again. Only other metadata is sure to work, and a checkpoint
 * may be passed meanwhile.
 */
const TOKEN_PROBE_MS = 10 * MINUTE_MS;
/** Meta locks an account out for an hour (Instagram Platform, "User Likes"). */
const BLOCK_MS = HOUR_MS;
/** The wait after a limit, by how often it was hit in a row, if Meta reports none. */
const LIMIT_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS] as const;
/** The wait at nearly full usage if Meta reports none. */
const USAGE_MS = 5 * MINUTE_MS;
/**
 * The longest time without a probe. Meta's estimate may be wrong, and then only a probe ends the
 * pause. Meta says that calls while a limit holds prolong it, so there is one an hour.
 */
const PROBE_MAX_MS = HOUR_MS;
/** The same for a limit of the app, which pauses every account. */
const APP_PROBE_MAX_MS = 15 * MINUTE_MS;

/** How long calls pause after a refusal. */
export function toHoldMs({ cause, reach, retryAfterMs }: Refusal, repeats: number): number {
  const byMeta = Math.min(retryAfterMs ?? 0, reach === 'app' ? APP_PROBE_MAX_MS : PROBE_MAX_MS);
  switch (cause) {
    case 'token':
      return TOKEN_PROBE_MS;
    case 'block':
      return BLOCK_MS;
    case 'limit':
      return byMeta > 0 ? byMeta : (LIMIT_MS[repeats] ?? LIMIT_MS[2]);
    case 'usage':
      return byMeta > 0 ? byMeta : USAGE_MS;
  }
}

/** The hold that a refusal of a call begins; undefined if the call is of no account. */
export function toHoldKey({ reach }: Refusal, { igUserId, token }: GateCall): HoldKey | undefined {
  if (reach === 'app') return { igUserId: WHOLE_APP, token: '' };
  if (igUserId === undefined) return undefined;
  return { igUserId, token: reach === 'token' ? token : '' };
}

/** Whether a call of this kind can prove that Meta accepts the refused calls again. */
export function canProbe({ cause }: { readonly cause: HoldCause }, kind: CallKind): boolean {
  return cause !== 'block' || kind !== 'read';
}

/** The holds that may apply to a call. */
export function listHoldKeys({ igUserId, token }: GateCall): HoldKey[] {
  const app = { igUserId: WHOLE_APP, token: '' };
  if (igUserId === undefined) return [app];
  return [app, { igUserId, token: '' }, { igUserId, token }];
}
