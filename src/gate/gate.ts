import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ElapsedTime } from '../common/elapsed-time.js';
import { EventLog } from '../common/logging/event-log.js';
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
import {
  FULL_PERCENT,
  type Reservation,
  type Usage,
  UsageMeter,
  type UsageReport,
} from './usage-meter.js';

/** The part of a call's time that it waits for its account's pace. */
const WAIT_SHARE = 1 / 3;
/** The part of all connections to Meta that one account may use, so that none starves another. */
const CONNECTION_SHARE = 1 / 4;
/** Accounts with calls in progress; more than there are connections and waiting calls. */
const SHARES_SWEPT_AT = 1000;

/**
 * How late a call with a pace may be sent. Calls that wait longer, for example for the database,
 * would go out all at once, and the account would exceed Meta's limit. With this, 42 likes in any
 * 5 seconds are possible, and Meta accepts 50 (`LIKE_PACE`). The limit of private replies is for an
 * hour, so a short wait does not matter to them.
 */
const START_WITHIN_MS: Partial<Record<CallKind, number>> = { like: 300 };

/** A call that passed. Its caller has to report the outcome, once. */
export interface Pass {
  /**
   * Comes right before the call is sent. A call that waited too long after it passed needs a free
   * place in its account's pace, without a wait.
   *
   * @throws {GateClosed} it may not be sent.
   */
  renew(): Promise<void>;
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
    time: ElapsedTime,
    @Inject(Configuration)
    { instagramMaxConnections }: Pick<Configuration, 'instagramMaxConnections'>,
    private readonly log: EventLog = new EventLog('silent'),
  ) {
    this.shareMax = Math.max(1, Math.floor(instagramMaxConnections * CONNECTION_SHARE));
    this.lines = {
      like: new PaceLine('like', LIKE_PACE, rows, time),
      message: new PaceLine('message', MESSAGE_PACE, rows, time),
    };
  }

  /**
   * Waits until the call may be sent.
   *
   * @throws {GateClosed} it may not, and was not sent.
   */
  async enter(call: GateCall): Promise<Pass> {
    const { kind } = call;
    const probes = await this.holds.admit(call);
    let share: Share | undefined;
    let startBy: number;
    const places: Reservation[] = [];
    try {
      places.push(...this.reserve(call));
      startBy = await this.waitForPace(call, places);
      share = await this.enterShare(call);
      // Meta may have refused another call meanwhile.
      this.holds.assertOpen(call, probes);
    } catch (error) {
      this.release(probes, share, undefined);
      for (const { giveBack } of places) giveBack();
      throw error;
    }
    let hasLeft = false;
    let isUsed = false;
    return {
      renew: async () => {
        // A second call has no place in the pace.
        if (!this.log.check('pass_used_once', !isUsed && !hasLeft)) {
          throw new GateClosed({ kind: 'pace', calls: kind, leftMs: 0 });
        }
        isUsed = true;
        if (performance.now() > startBy) await this.claimPace(call, 0);
      },
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

  /** Reserves places where limits are nearly used up. */
  private reserve({ igUserId, isBackground, deadline }: GateCall): Reservation[] {
    const waitMs = deadline.remainingMs * WAIT_SHARE;
    const keys = igUserId === undefined ? [WHOLE_APP] : [WHOLE_APP, igUserId];
    return keys.map((key) => this.usage.reserve(key, isBackground, waitMs));
  }

  /** @returns when the pass expires. */
  private async waitForPace(call: GateCall, places: readonly Reservation[]): Promise<number> {
    const { kind, deadline } = call;
    const waitMs = deadline.remainingMs * WAIT_SHARE;
    const spaceMs = Math.max(...places.map((place) => place.waitMs));
    if (spaceMs > waitMs) throw new GateClosed({ kind: 'usage', leftMs: spaceMs });
    const longest = Math.max(spaceMs, await this.claimPace(call, waitMs));
    const startBy = performance.now() + longest + (START_WITHIN_MS[kind] ?? Infinity);
    if (longest > 0) await sleep(longest);
    return startBy;
  }

  /** Claims a place in the account's pace. @returns how long to wait for it. */
  private async claimPace({ igUserId, kind }: GateCall, waitMs: number): Promise<number> {
    const line = this.lines[kind];
    if (line === undefined || igUserId === undefined) return 0;
    try {
      return await line.claim(igUserId, waitMs);
    } catch (error) {
      if (!(error instanceof PaceExceeded)) throw error;
      throw new GateClosed({ kind: 'pace', calls: kind, leftMs: error.leftMs });
    }
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

  /** Ends the probes and frees the connection. A refusal for another reason proves nothing. */
  private release(
    probes: readonly Hold[],
    share: Share | undefined,
    isProven: boolean | undefined,
  ): void {
    for (const probe of probes) this.holds.settle(probe, isProven === true);
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
