import type { Deadline } from '../common/deadline.js';
import type { CallKind } from '../domain/call-kind.js';
import type { HoldCause } from '../ledger/gate/gate-holds.js';
import type { Hold } from './hold.js';
import type { Usage } from './usage-meter.js';

/** A call to Meta that asks to pass. */
export interface GateCall {
  /** The account that acts; undefined for a call as the app or a person. */
  readonly igUserId: string | undefined;
  /** The fingerprint of the call's token. */
  readonly token: string;
  readonly kind: CallKind;
  /** Whether no person waits for it. Such calls give way first when a limit is near. */
  readonly isBackground: boolean;
  readonly deadline: Deadline;
}

/** Meta refused a call in a way that other calls share. */
export interface Refusal {
  readonly cause: HoldCause;
  /** Which calls share it: those of the app, of the account, or with the same token. */
  readonly reach: 'app' | 'account' | 'token';
  readonly graphCode: number | undefined;
  readonly graphSubcode: number | undefined;
  /** How long to wait according to Meta; undefined if it did not say. */
  readonly retryAfterMs: number | undefined;
}

/** How a call ended. `answered`: Meta answered, with success or a refusal of this call alone. */
export interface Outcome {
  readonly kind: 'answered' | 'refused' | 'unanswered';
  readonly refusal?: Refusal;
  readonly usage?: Usage;
}

/** Why a call may not pass. It was not sent. */
export type Closure =
  | { readonly kind: 'hold'; readonly hold: Hold; readonly leftMs: number }
  /** The call does not fit the account's pace. */
  | { readonly kind: 'pace'; readonly calls: CallKind; readonly leftMs: number }
  /** The account's limits are nearly used up, so calls are spaced. */
  | { readonly kind: 'usage'; readonly leftMs: number }
  /** The account's other calls used all the time. */
  | { readonly kind: 'share' };

/** The gate does not let a call pass. */
export class GateClosed extends Error {
  override readonly name = 'GateClosed';

  constructor(readonly closure: Closure) {
    super(closure.kind);
  }
}
