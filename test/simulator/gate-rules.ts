import type { Context, Life } from './context.js';
import type { GraphQuestion, GraphReply } from './graph-server.js';
import type { VirtualTime } from './virtual-time.js';

/** Meta locks an account out after more than 50 likes in 5 seconds. The service keeps below. */
const LIKES_MAX = 45;
const LIKES_WINDOW_MS = 5000;
/** Further calls of one process for an account that Meta refuses. */
const CALLS_AFTER_REFUSAL_MAX = 3;
const REFUSAL_WINDOW_MS = 10_000;
/**
 * Calls that passed the gate before the refusal are sent after it, once their attempts are
 * recorded. With a database that works, that takes less than this.
 */
const IN_PROGRESS_MS = 1000;
/** Codes with which Meta refuses every call of the account, its token or the app. */
const CLOSING_CODES: ReadonlySet<unknown> = new Set([4, 17, 190, 368, 80002]);

interface Refusal {
  readonly at: number;
  calls: number;
}

/** The rules that keep an account from being locked out, seen from Instagram's side. */
export class GateRules {
  /** When likes were sent in the last seconds, by account. */
  private readonly likes = new Map<string, number[]>();
  private readonly refusals = new Map<Life, Map<string, Refusal>>();

  constructor(private readonly time: VirtualTime) {}

  /** @param paces how many replicas may keep a pace of their own. */
  onSent({ path, account }: GraphQuestion, paces: number): void {
    if (!path.endsWith('/likes')) return;
    const now = this.time.elapsedMs;
    const recent = (this.likes.get(account) ?? []).filter((at) => at > now - LIKES_WINDOW_MS);
    recent.push(now);
    this.likes.set(account, recent);
    if (recent.length > LIKES_MAX * paces) throw new Error('gate: too many likes in 5 seconds');
  }

  /** A call that connects at the time of the refusal is in progress, and sent before it. */
  onAsked({ account }: GraphQuestion, { life }: Context): void {
    const now = this.time.elapsedMs;
    const refusal = life === undefined ? undefined : this.refusals.get(life)?.get(account);
    const ageMs = now - (refusal?.at ?? -Infinity);
    if (refusal === undefined || ageMs < IN_PROGRESS_MS || ageMs > REFUSAL_WINDOW_MS) return;
    refusal.calls += 1;
    if (refusal.calls > CALLS_AFTER_REFUSAL_MAX) {
      throw new Error('gate: too many calls after a refusal');
    }
  }

  /** Notes what Meta answers to a process that has not crashed. */
  onAnswer({ account }: GraphQuestion, { json }: GraphReply, { life }: Context): void {
    const { error } = (json ?? {}) as { error?: { code?: unknown } };
    if (life === undefined || !CLOSING_CODES.has(error?.code)) return;
    const known = this.refusals.get(life) ?? new Map<string, Refusal>();
    known.set(account, { at: this.time.elapsedMs, calls: 0 });
    this.refusals.set(life, known);
  }
}
