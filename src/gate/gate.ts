import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ElapsedTime } from '../common/elapsed-time.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import type { CallKind } from '../domain/call-kind.js';
import { type GateCall, GateClosed, type Outcome, type Refusal } from './gate-call.js';
import { Flights } from './flights.js';
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
const LANES_SWEPT_AT = 1000;

/**
 * How late a call with a shared pace may be sent. Calls that wait longer, for example for the
 * database, would go out all at once, and the account would exceed Meta's limit. With this, 42
 * likes in any 5 seconds are possible, and Meta accepts 50 (`LIKE_PACE`). The limit of private
 * replies is for an hour, so a short wait does not matter to them.
 */
const START_WITHIN_MS: Partial<Record<CallKind, number>> = { like: 300 };

/** A call that passed. Its caller has to report the outcome, once. */
export interface Pass {
  /**
   * Comes right before the call is sent. It waits for the scout of an account that Meta has not
   * answered lately, and keeps the pace for calls that were delayed after they passed.
   *
   * @throws {GateClosed} the call may not be sent.
   */
  start(): Promise<void>;
  /**
   * Comes when the call has a connection, for which it may have waited.
   *
   * @throws {GateClosed} Meta has refused another call meanwhile.
   */
  check(): void;
  leave(outcome: Outcome): void;
}

/** The calls in progress of one account. */
interface Lane {
  readonly share: Share;
  readonly flights: Flights;
}

/** A call on its way through the gate. */
interface Passage {
  readonly call: GateCall;
  readonly probes: readonly Hold[];
  /** Undefined for a call of no account. */
  lane: Lane | undefined;
  /** When its claim of a place in the pace expires. */
  startBy: number;
  isStarted: boolean;
  isFlying: boolean;
  hasLeft: boolean;
}

/**
 * Every call to Meta passes here. The gate keeps an account from calling faster than Meta allows,
 * from calling while Meta refuses it, and from using more than its share of the connections.
 * Without rows in a database, it works from memory.
 */
@Injectable()
export class Gate {
  private readonly lanes = new Map<string, Lane>();
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
    const probes = await this.holds.admit(call);
    const state = {
      lane: undefined,
      startBy: 0,
      isStarted: false,
      isFlying: false,
      hasLeft: false,
    };
    const passage: Passage = { call, probes, ...state };
    const places: Reservation[] = [];
    try {
      places.push(...this.reserve(call));
      passage.startBy = await this.waitForPace(call, places);
      passage.lane = await this.enterLane(call);
      // Meta may have refused another call meanwhile.
      this.holds.assertOpen(call, probes);
    } catch (error) {
      this.release(passage, probes, undefined);
      for (const { giveBack } of places) giveBack();
      throw error;
    }
    return {
      start: () => this.start(passage),
      check: () => {
        this.holds.assertOpen(call, probes);
      },
      leave: (outcome) => {
        if (passage.hasLeft) return;
        passage.hasLeft = true;
        this.settle(passage, outcome);
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
    const paceMs = await this.usePace(call, (line, id) => line.claim(id, waitMs));
    const longest = Math.max(spaceMs, paceMs);
    const startBy = performance.now() + longest + (START_WITHIN_MS[kind] ?? Infinity);
    if (longest > 0) {
      this.log.debug('gate.waited', { operation: kind, ms: longest });
      await sleep(longest);
    }
    return startBy;
  }

  /** Waits until the call may be sent now. */
  private async start(passage: Passage): Promise<void> {
    const { call, probes, lane } = passage;
    // A second call has no place in the pace.
    const isFirst = !passage.isStarted && !passage.hasLeft;
    if (!this.log.check('pass_used_once', isFirst)) {
      throw new GateClosed({ kind: 'pace', calls: call.kind, leftMs: 0 });
    }
    passage.isStarted = true;
    if (lane !== undefined) {
      passage.isFlying = await lane.flights.start(call.deadline);
      if (!passage.isFlying) throw new GateClosed({ kind: 'share' });
    }
    this.holds.assertOpen(call, probes);
    const waitMs = await this.usePace(call, (line, id) => {
      const isLate = performance.now() > passage.startBy;
      return line.claimSending(id, isLate, call.deadline.remainingMs * WAIT_SHARE);
    });
    if (waitMs > 0) await sleep(waitMs);
  }

  /** Claims in the account's pace. @returns how long to wait. */
  private async usePace(
    { igUserId, kind }: GateCall,
    claim: (line: PaceLine, igUserId: string) => Promise<number>,
  ): Promise<number> {
    const line = this.lines[kind];
    if (line === undefined || igUserId === undefined) return 0;
    try {
      return await claim(line, igUserId);
    } catch (error) {
      if (!(error instanceof PaceExceeded)) throw error;
      throw new GateClosed({ kind: 'pace', calls: kind, leftMs: error.leftMs });
    }
  }

  private async enterLane({ igUserId, deadline }: GateCall): Promise<Lane | undefined> {
    if (igUserId === undefined) return undefined;
    const lane = this.lanes.get(igUserId) ?? this.addLane(igUserId);
    if (await lane.share.enter(deadline)) return lane;
    throw new GateClosed({ kind: 'share' });
  }

  private addLane(igUserId: string): Lane {
    if (this.lanes.size >= LANES_SWEPT_AT) {
      for (const [key, { share }] of this.lanes) if (share.isIdle) this.lanes.delete(key);
    }
    const lane = { share: new Share(this.shareMax), flights: new Flights() };
    this.lanes.set(igUserId, lane);
    return lane;
  }

  private settle(passage: Passage, outcome: Outcome): void {
    const { call, probes } = passage;
    const { kind, refusal, usage } = outcome;
    const refusals = [...(refusal === undefined ? [] : [refusal]), ...this.noteUsage(call, usage)];
    const closed = refusals.map((each) => this.holds.close(call, each, probes));
    const isProven = kind === 'unanswered' ? undefined : kind === 'answered';
    const others = probes.filter((probe) => !closed.some((key) => key && isSame(key, probe)));
    this.release(passage, others, isProven);
  }

  /** Ends the probes and frees the connection. A refusal for another reason proves nothing. */
  private release(
    { lane, isFlying }: Passage,
    probes: readonly Hold[],
    isProven: boolean | undefined,
  ): void {
    for (const probe of probes) this.holds.settle(probe, isProven === true);
    if (isFlying) lane?.flights.end(isProven);
    lane?.share.leave();
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
      this.log.debug('gate.usage', { account: key, reach, percent: report.percent });
      return report.percent < FULL_PERCENT ? [] : [toRefusal(reach, report)];
    });
  }
}

function toRefusal(reach: Refusal['reach'], { regainMs }: UsageReport): Refusal {
  const codes = { graphCode: undefined, graphSubcode: undefined };
  return { cause: 'usage', reach, ...codes, retryAfterMs: regainMs };
}
