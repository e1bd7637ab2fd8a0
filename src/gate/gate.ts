import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Configuration } from '../config/index.js';
import {
  type CallKind,
  type GateCall,
  GateClosed,
  type Outcome,
  type Refusal,
} from './gate-call.js';
import { type Hold, isSame, WHOLE_APP } from './hold.js';
import { Holds } from './holds.js';
import { LIKE_PACE, MESSAGE_PACE } from './pace.js';
import { PaceExceeded, PaceLine } from './pace-line.js';
import { Share } from './share.js';
import { SharedRows } from './shared-rows.js';
import { FULL_PERCENT, type Usage, UsageMeter, type UsageReport } from './usage-meter.js';

/** The part of a call's time that it waits for its account's pace. */
const WAIT_SHARE = 1 / 3;
/** The part of all connections to Meta that one account may use, so that none starves another. */
const CONNECTION_SHARE = 1 / 4;
/** Accounts with calls in progress; more than there are connections and waiting calls. */
const SHARES_SWEPT_AT = 1000;

/** A call that passed. Its caller has to report the outcome, once. */
export interface Pass {
  leave(outcome: Outcome): void;
}

/**
 * Every call to Meta passes here. The gate keeps an account from calling faster than Meta allows,
 * from calling while Meta refuses it, and from using more than its share of the connections.
 * Without rows in a database, it works from memory.
 */
@Injectable()
export class Gate {
  private readonly shares = new Map<string, Share>();
  private readonly usage = new UsageMeter();
  private readonly lines: Partial<Record<CallKind, PaceLine>>;
  private readonly shareMax: number;

  constructor(
    private readonly holds: Holds,
    rows: SharedRows,
    clock: Clock,
    @Inject(Configuration)
    { instagramMaxConnections }: Pick<Configuration, 'instagramMaxConnections'>,
  ) {
    this.shareMax = Math.max(1, Math.floor(instagramMaxConnections * CONNECTION_SHARE));
    this.lines = {
      like: new PaceLine('like', LIKE_PACE, rows, clock),
      message: new PaceLine('message', MESSAGE_PACE, rows, clock),
    };
  }

  /**
   * Waits until the call may be sent.
   *
   * @throws {GateClosed} it may not, and was not sent.
   */
  async enter(call: GateCall): Promise<Pass> {
    const probes = await this.holds.admit(call);
    let share: Share | undefined;
    try {
      await this.waitForPace(call);
      share = await this.enterShare(call);
      // Meta may have refused another call meanwhile.
      this.holds.assertOpen(call, probes);
    } catch (error) {
      this.release(probes, share, undefined);
      throw error;
    }
    let hasLeft = false;
    return {
      leave: (outcome) => {
        if (hasLeft) return;
        hasLeft = true;
        this.settle(call, outcome, probes, share);
      },
    };
  }

  /** The pauses of now. */
  listHolds(): Promise<readonly Hold[]> {
    return this.holds.list();
  }

  private async waitForPace({ igUserId, kind, isBackground, deadline }: GateCall): Promise<void> {
    const waitMs = deadline.remainingMs * WAIT_SHARE;
    const keys = igUserId === undefined ? [WHOLE_APP] : [WHOLE_APP, igUserId];
    const spaces = keys.map((key) => this.usage.reserve(key, isBackground, waitMs));
    const spaceMs = Math.max(...spaces);
    if (spaceMs > waitMs) throw new GateClosed({ kind: 'usage', leftMs: spaceMs });
    const line = this.lines[kind];
    const paceMs =
      line === undefined || igUserId === undefined
        ? 0
        : await line.claim(igUserId, waitMs).catch((error: unknown) => {
            if (!(error instanceof PaceExceeded)) throw error;
            throw new GateClosed({ kind: 'pace', calls: kind, leftMs: error.leftMs });
          });
    const longest = Math.max(spaceMs, paceMs);
    if (longest > 0) await sleep(longest);
  }

  private async enterShare({ igUserId, deadline }: GateCall): Promise<Share | undefined> {
    if (igUserId === undefined) return undefined;
    const share = this.shares.get(igUserId) ?? this.addShare(igUserId);
    if (await share.enter(deadline)) return share;
    throw new GateClosed({ kind: 'share' });
  }

  private addShare(igUserId: string): Share {
    if (this.shares.size >= SHARES_SWEPT_AT) {
      for (const [key, { isIdle }] of this.shares) if (isIdle) this.shares.delete(key);
    }
    const share = new Share(this.shareMax);
    this.shares.set(igUserId, share);
    return share;
  }

  private settle(
    call: GateCall,
    outcome: Outcome,
    probes: readonly Hold[],
    share: Share | undefined,
  ): void {
    const { kind, refusal, usage } = outcome;
    const refusals = [...(refusal === undefined ? [] : [refusal]), ...this.noteUsage(call, usage)];
    const closed = refusals.map((each) => this.holds.close(call, each, probes));
    const isProven = kind === 'unanswered' ? undefined : kind === 'answered';
    const others = probes.filter((probe) => !closed.some((key) => key && isSame(key, probe)));
    this.release(others, share, isProven);
  }

  /** Ends the probes and frees the connection. */
  private release(
    probes: readonly Hold[],
    share: Share | undefined,
    isProven: boolean | undefined,
  ): void {
    for (const probe of probes) this.holds.settle(probe, isProven !== undefined);
    share?.leave(isProven);
  }

  /** Stores reported usage. Returns a refusal for each limit that is nearly used up. */
  private noteUsage({ igUserId }: GateCall, usage: Usage | undefined): Refusal[] {
    const reports = [
      ['app', WHOLE_APP, usage?.app],
      ['account', igUserId, usage?.account],
    ] as const;
    return reports.flatMap(([reach, key, report]) => {
      if (key === undefined || report === undefined) return [];
      this.usage.note(key, report);
      return report.percent < FULL_PERCENT ? [] : [toRefusal(reach, report)];
    });
  }
}

function toRefusal(reach: Refusal['reach'], { regainMs }: UsageReport): Refusal {
  const codes = { graphCode: undefined, graphSubcode: undefined };
  return { cause: 'usage', reach, ...codes, retryAfterMs: regainMs };
}
