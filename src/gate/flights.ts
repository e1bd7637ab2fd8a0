import type { Deadline } from '../common/deadline.js';
import { SEND_MIN_MS } from './share.js';

/**
 * Calls of an account that are sent in one turn of the event loop. Node reads a refusal that has
 * arrived before the next turn, so no more calls than these can follow it.
 */
export const TURN_MAX = 3;
/** An account without a call on its way for this long begins with a scout again. */
const IDLE_MS = 1000;
/** While Meta does not answer the scout, twice as many calls may be on their way after each. */
const GROWTH_MS = 500;
/** Enough doublings for any number of connections. */
const STEPS_MAX = 16;

interface Waiting {
  readonly deadline: Deadline;
  readonly resolve: (mayStart: boolean) => void;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The calls of one account that are on their way to Meta. After a pause, one call is the scout: the
 * others wait for its answer, so if Meta refuses the account, they do not go out.
 */
export class Flights {
  private flying = 0;
  /** Whether Meta answered a scout for which others waited. */
  private isOpen = false;
  private idleSince = -Infinity;
  /** When the calls on their way began to wait for an answer, or Meta last refused one. */
  private silentSince = 0;
  private readonly waiting = new Set<Waiting>();
  /** Those that wait for their first turn. Most start in it and need no timer. */
  private arrived: Waiting[] = [];
  private isTurnDue = false;
  private timer: NodeJS.Timeout | undefined;

  get isIdle(): boolean {
    return this.flying === 0 && this.waiting.size === 0;
  }

  /**
   * Waits until the call may be sent, and always until this thread has read the answers that have
   * arrived.
   *
   * @returns whether it may; if not, its time ran out.
   */
  start(deadline: Deadline): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = { deadline, resolve, timer: undefined };
      this.waiting.add(waiting);
      this.arrived.push(waiting);
      this.scheduleTurn();
    });
  }

  /** @param proven whether Meta answered and did not refuse the account. */
  end(proven: boolean | undefined): void {
    this.flying -= 1;
    const now = performance.now();
    if (this.flying === 0) this.idleSince = now;
    if (proven !== undefined) this.silentSince = now;
    if (proven === false) this.isOpen = false;
    if (proven === true && this.waiting.size > 0) this.isOpen = true;
    if (this.waiting.size > 0) this.scheduleTurn();
  }

  private get max(): number {
    if (this.isOpen) return Infinity;
    if (this.flying === 0) return 1;
    const steps = Math.floor((performance.now() - this.silentSince) / GROWTH_MS);
    return 2 ** Math.min(steps, STEPS_MAX);
  }

  /** Comes after the thread has read what arrived. */
  private scheduleTurn(): void {
    if (this.isTurnDue) return;
    this.isTurnDue = true;
    setImmediate(() => {
      this.isTurnDue = false;
      this.takeTurn();
    });
  }

  private takeTurn(): void {
    const now = performance.now();
    if (this.flying === 0 && now - this.idleSince >= IDLE_MS) this.isOpen = false;
    let started = 0;
    for (const waiting of this.waiting) {
      if (started >= TURN_MAX || this.flying >= this.max) break;
      this.waiting.delete(waiting);
      if (this.flying === 0) this.silentSince = now;
      this.flying += 1;
      started += 1;
      clearTimeout(waiting.timer);
      waiting.resolve(true);
    }
    this.limitArrived();
    if (this.waiting.size === 0) return;
    if (this.flying < this.max) this.scheduleTurn();
    else this.scheduleGrowth();
  }

  /** Lets those that did not start in their first turn wait until their time is up. */
  private limitArrived(): void {
    for (const waiting of this.arrived) {
      if (!this.waiting.has(waiting)) continue;
      waiting.timer = setTimeout(
        () => {
          this.waiting.delete(waiting);
          waiting.resolve(false);
        },
        Math.max(0, waiting.deadline.remainingMs - SEND_MIN_MS),
      );
    }
    this.arrived = [];
  }

  private scheduleGrowth(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.scheduleTurn();
    }, GROWTH_MS);
  }
}
