import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost } from '../common/at-most.js';
import { Clock } from '../common/clock.js';
import { isoTime } from '../common/iso-time.js';
import { EventLog } from '../common/logging/event-log.js';
import type { HoldKey, StoredHold } from '../ledger/gate/gate-holds.js';
import { type GateCall, GateClosed, type Refusal } from './gate-call.js';
import { type Hold, isSame, leftOf, leftUntilProbe } from './hold.js';
import { canProbe, listHoldKeys, toHoldKey, toHoldMs } from './hold-rules.js';
import { Probes } from './probes.js';
import { Repeats } from './repeats.js';
import { SharedRows } from './shared-rows.js';

/** Holds in memory: 3 MB at about 300 bytes each. A forgotten one costs one more refused call. */
const HOLDS_MAX = 10_000;
/** How old this process's knowledge of other processes' holds may be. */
const REFRESH_MS = 1000;
/** After a pause without calls, a call first waits for the rows. */
const STALE_MS = 2 * REFRESH_MS;
/** Rows that a transaction wrote before a refresh and committed after it. */
const OVERLAP_MS = 3000;
/** A claim of a probe outlives the call's deadline by this much. */
const CLAIM_EXTRA_MS = 1000;
/** After a probe without an answer, the next one follows this much later. */
const UNANSWERED_MS = 5000;

/**
 * The pauses of calls. Each process keeps them in memory, learns its own at once and those of other
 * processes within a second. Rows in the database keep them over a restart.
 */
@Injectable()
export class Holds {
  private readonly holds = new LRUCache<string, Hold>(atMost(HOLDS_MAX));
  private readonly probes = new Probes();
  private readonly repeats = new Repeats();
  private refreshing: Promise<void> | undefined;
  private refreshedAt = -Infinity;

  constructor(
    private readonly rows: SharedRows,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  /**
   * Lets a call pass, or one call as the probe of a hold whose time is up.
   *
   * @returns the holds that the call probes; it has to `settle` each.
   * @throws {GateClosed}
   */
  async admit(call: GateCall): Promise<readonly Hold[]> {
    const refreshing = this.refresh();
    if (refreshing !== undefined) await refreshing;
    if (this.isProbed(call)) {
      // An agent's app sends several calls at once. They need not fail because one is the probe.
      for (const key of listHoldKeys(call)) await this.probes.wait(toText(key), call.deadline);
    }
    // No other call comes between this check and the claim.
    const due = this.assertOpen(call);
    const probes: Hold[] = [];
    for (const hold of due) {
      const claim = await this.claim(hold, call.deadline.remainingMs + CLAIM_EXTRA_MS);
      if (claim === 'open') continue;
      if (claim === 'claimed') {
        probes.push(hold);
      } else {
        for (const probe of probes) this.settle(probe, false);
        throw this.toClosed(claim);
      }
    }
    return probes;
  }

  /**
   * Checks the holds again, without the database.
   *
   * @param probes the holds that the call may pass.
   * @returns the other holds whose time is up.
   * @throws {GateClosed}
   */
  assertOpen(call: GateCall, probes: readonly Hold[] = []): Hold[] {
    if (this.holds.size === 0) return [];
    const now = this.clock.now();
    const due: Hold[] = [];
    for (const key of listHoldKeys(call)) {
      const hold = this.holds.get(toText(key));
      if (hold === undefined || probes.some((probe) => isSame(probe, key))) continue;
      if (leftOf(hold, now) > 0) throw this.toClosed(hold);
      if (canProbe(hold, call.kind)) due.push(hold);
    }
    return due;
  }

  /**
   * Closes the gate after a refusal.
   *
   * @returns the hold; undefined if the refusal says nothing about other calls.
   */
  close(call: GateCall, refusal: Refusal, probes: readonly Hold[]): HoldKey | undefined {
    const key = toHoldKey(refusal, call);
    if (key === undefined) return undefined;
    const now = this.clock.now();
    const before = this.holds.get(toText(key));
    const isProbe = probes.some((probe) => isSame(probe, key));
    if (isProbe) this.endProbe(key);
    const repeats =
      before === undefined ? this.repeats.of(toText(key)) : before.repeats + (isProbe ? 1 : 0);
    const until = now + toHoldMs(refusal, repeats);
    // Calls that were sent before the refusal was known are refused too, and change nothing.
    const leftMs = leftUntilProbe(before, now);
    if (leftMs > 0 && leftMs >= until - now - REFRESH_MS) return key;
    const { cause, graphCode, graphSubcode } = refusal;
    const hold = { ...key, cause, graphCode, graphSubcode, repeats, until, probeUntil: 0 };
    this.holds.set(toText(key), { ...hold, changedAt: performance.now() });
    this.rows.store(({ holds }) => holds.save({ ...hold, leftMs: until - now }));
    this.log.warn('gate.closed', {
      account: key.igUserId,
      reason: cause,
      until: isoTime(until),
      graph_code: graphCode,
      graph_subcode: graphSubcode,
    });
    return key;
  }

  /** Ends a probe: opens the gate if Meta answered, else lets another call probe soon. */
  settle(probe: Hold, isAnswered: boolean): void {
    const key = toText(probe);
    this.endProbe(probe);
    // Meta refused another call during the probe.
    if (leftUntilProbe(this.holds.get(key), this.clock.now()) > 0) return;
    if (isAnswered) {
      this.forget(key);
      this.rows.store(({ holds }) => holds.open(probe));
      this.log.info('gate.opened', { account: probe.igUserId, reason: probe.cause });
      return;
    }
    const until = this.clock.now() + UNANSWERED_MS;
    const changedAt = performance.now();
    const hold = { ...(this.holds.get(key) ?? probe), until, probeUntil: 0, changedAt };
    this.holds.set(key, hold);
    this.rows.store(({ holds }) => holds.save({ ...hold, leftMs: UNANSWERED_MS }));
  }

  /** The holds of now, after a look at other processes' holds. */
  async list(): Promise<readonly Hold[]> {
    await this.read();
    return [...this.holds.values()];
  }

  private async claim(hold: Hold, forMs: number): Promise<'claimed' | 'open' | Hold> {
    const key = toText(hold);
    // Within this process, the claim holds at once.
    this.holds.set(key, { ...hold, probeUntil: this.clock.now() + forMs });
    this.probes.begin(key);
    const claim = await this.rows.use(({ holds }) => holds.claim(hold, forMs));
    if (claim === undefined || claim === 'claimed') return 'claimed';
    this.endProbe(hold);
    this.learn(claim);
    return this.holds.get(key) ?? 'open';
  }

  private isProbed(call: GateCall): boolean {
    return this.probes.size > 0 && listHoldKeys(call).some((key) => this.probes.has(toText(key)));
  }

  private endProbe(key: HoldKey): void {
    this.probes.end(toText(key));
  }

  private toClosed(hold: Hold): GateClosed {
    return new GateClosed({ kind: 'hold', hold, leftMs: leftOf(hold, this.clock.now()) });
  }

  /** Returns a promise only if the caller has to wait. */
  private refresh(): Promise<void> | undefined {
    const age = performance.now() - this.refreshedAt;
    const isFirst = this.refreshedAt === -Infinity;
    if (!isFirst && (!this.rows.isShared || age < REFRESH_MS)) return undefined;
    const refreshing = this.read();
    return age < STALE_MS ? undefined : refreshing;
  }

  private read(): Promise<void> {
    this.refreshing ??= this.readRows().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async readRows(): Promise<void> {
    const startedAt = performance.now();
    const withinMs = startedAt - this.refreshedAt + OVERLAP_MS;
    const rows = await this.rows.use(async ({ holds }) => {
      await this.rows.stored;
      return holds.list(Number.isFinite(withinMs) ? withinMs : undefined);
    });
    // Without an answer, this process works with what it knows.
    if (rows === undefined && this.rows.isConnected) return;
    this.refreshedAt = startedAt;
    for (const row of rows ?? []) {
      const known = this.holds.get(toText(row))?.changedAt ?? -Infinity;
      if (known < startedAt) this.learn(row);
    }
  }

  private learn(row: StoredHold): void {
    const key = toText(row);
    const now = this.clock.now();
    // A longer hold of this process was not stored yet.
    const longestMs = Math.max(0, row.isOpen ? 0 : row.leftMs) + REFRESH_MS;
    if (leftUntilProbe(this.holds.get(key), now) > longestMs) return;
    if (row.isOpen) {
      this.forget(key);
      return;
    }
    const { igUserId, token, cause, graphCode, graphSubcode, repeats } = row;
    this.holds.set(key, {
      ...{ igUserId, token, cause, graphCode, graphSubcode, repeats },
      until: now + row.leftMs,
      probeUntil: now + row.probeLeftMs,
      changedAt: -Infinity,
    });
  }

  private forget(key: string): void {
    const hold = this.holds.get(key);
    if (hold?.cause === 'limit') this.repeats.note(key, hold.repeats);
    this.holds.delete(key);
  }
}

function toText({ igUserId, token }: HoldKey): string {
  return `${igUserId}/${token}`;
}
