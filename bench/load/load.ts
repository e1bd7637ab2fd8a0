import { setTimeout as sleep } from 'node:timers/promises';
import type { CallCycle } from '../workload/call-cycle.js';
import { makeRandom } from '../workload/random.js';
import { awaitArrivals, drawArrivals } from './arrivals.js';
import { LoadConnection } from './load-connection.js';
import { Tally } from './tally.js';

/** How long the answers to the last calls may take. Then they count as broken. */
const REST_MAX_MS = 60_000;
/** Between two looks whether all answers have come. */
const REST_POLL_MS = 5;
/** Connections that are being opened at once. Node's servers queue 511. */
const OPENING_MAX = 256;
/** Then the load starts with the connections that are open. */
const OPEN_ALL_MAX_MS = 30_000;
/** Before a refused connection is tried again. */
const REOPEN_MS = 20;

export interface LoadOptions {
  readonly url: string;
  readonly calls: CallCycle;
  readonly connections: number;
  /**
   * Calls a second, at the random times of a Poisson process. Without it, each connection sends its
   * next call after the answer to the last one.
   */
  readonly perSecond?: number;
  readonly leadInSeconds: number;
  readonly seconds: number;
  /** Called at the start and at the end of the measured time. */
  readonly onStart?: () => void;
  readonly onEnd?: () => void;
}

export interface LoadResult {
  /** Calls that were sent in all, measured or not. */
  readonly sent: number;
  /** Answers with `"ok":true` within the measured time. */
  readonly answered: number;
  readonly seconds: number;
  /** Refusals in words. */
  readonly refused: number;
  /** All other calls, and the first that failed. */
  readonly broken: number;
  readonly sample: string | undefined;
  /**
   * Latencies in milliseconds. With a fixed rate they count from the time at which the call was to
   * be sent, so calls that wait for a stalled server count in full.
   */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Sends calls to a server for some seconds, over connections that it opens and closes. */
export function load(options: LoadOptions): Promise<LoadResult> {
  return new LoadRun(options).run();
}

class LoadRun {
  private readonly tally = new Tally();
  private readonly url: URL;
  private readonly connections = new Set<LoadConnection>();
  private readonly free: LoadConnection[] = [];
  /** When the calls that wait for a free connection were to be sent. */
  private readonly late: number[] = [];
  private lateFrom = 0;
  private inProgress = 0;
  private opening = 0;
  private isSending = true;

  constructor(private readonly options: LoadOptions) {
    this.url = new URL(options.url);
  }

  async run(): Promise<LoadResult> {
    const { perSecond, seconds } = this.options;
    await this.openAll();
    await (perSecond === undefined ? this.sendInTurn() : this.sendAtRate(perSecond));
    const restUntil = performance.now() + REST_MAX_MS;
    while (this.isBusy && performance.now() < restUntil) await sleep(REST_POLL_MS);
    this.isSending = false;
    for (const { intendedAt } of this.connections) {
      if (intendedAt !== undefined) this.tally.noteBroken('no answer');
    }
    for (const connection of this.connections) connection.close();
    const { sent, answered, refused, broken, sample } = this.tally;
    const [p50, p99, max] = [0.5, 0.99, 1].map((share) => this.tally.latency(share));
    return { sent, answered, seconds, refused, broken, sample, p50, p99, max } as LoadResult;
  }

  private get isBusy(): boolean {
    return this.inProgress > 0 || this.lateFrom < this.late.length;
  }

  /** A server that closes connections again and again may never have all of them. */
  private async openAll(): Promise<void> {
    const until = performance.now() + OPEN_ALL_MAX_MS;
    const wanted = this.options.connections;
    while (this.connections.size < wanted || this.opening > 0) {
      if (performance.now() > until) return;
      if (this.connections.size < wanted && this.opening < OPENING_MAX) this.open();
      else await sleep(1);
    }
  }

  private open(): void {
    this.opening += 1;
    let isOpen = false;
    const connection = new LoadConnection(this.url, {
      onOpen: (opened) => {
        isOpen = true;
        this.opening -= 1;
        this.use(opened);
      },
      onAnswer: (answered, head, body) => {
        this.tally.note(head, body, answered.intendedAt ?? NaN);
        answered.intendedAt = undefined;
        this.inProgress -= 1;
        this.use(answered);
      },
      onClose: (closed) => {
        if (!isOpen) this.opening -= 1;
        this.replace(closed, isOpen);
      },
    });
    this.connections.add(connection);
  }

  /** A client opens another connection when the server closes one. */
  private replace(closed: LoadConnection, wasOpen: boolean): void {
    this.connections.delete(closed);
    if (closed.intendedAt !== undefined) {
      this.inProgress -= 1;
      this.tally.noteBroken('the connection was closed before the answer');
    }
    if (!wasOpen) this.tally.noteBroken('the connection was refused');
    setTimeout(
      () => {
        if (this.isSending && this.connections.size < this.options.connections) this.open();
      },
      wasOpen ? 0 : REOPEN_MS,
    );
  }

  /** Sends the next call over a free connection. */
  private use(connection: LoadConnection): void {
    const { perSecond } = this.options;
    if (perSecond === undefined) {
      if (this.isSending) this.send(connection, performance.now());
      return;
    }
    const intendedAt = this.late[this.lateFrom];
    if (intendedAt === undefined) {
      this.free.push(connection);
      return;
    }
    this.lateFrom += 1;
    this.send(connection, intendedAt);
  }

  private send(connection: LoadConnection, intendedAt: number): void {
    this.inProgress += 1;
    this.tally.sent += 1;
    connection.send(this.options.calls.next(), intendedAt);
  }

  private async sendInTurn(): Promise<void> {
    const { leadInSeconds, seconds } = this.options;
    await sleep(leadInSeconds * 1000);
    this.startMeasuring();
    await sleep(seconds * 1000);
    this.endMeasuring();
    this.isSending = false;
  }

  private async sendAtRate(perSecond: number): Promise<void> {
    const { leadInSeconds, seconds, calls } = this.options;
    const random = makeRandom(calls.position);
    const offsets = drawArrivals(perSecond, leadInSeconds + seconds, random);
    const start = performance.now();
    const startNanos = process.hrtime.bigint();
    let handled = 0;
    setTimeout(() => {
      this.startMeasuring();
    }, leadInSeconds * 1000);
    const times = { startNanos, offsets: Float64Array.from(offsets) };
    await awaitArrivals(times, (due) => {
      for (; handled < due; handled += 1) this.sendOrQueue(start + (offsets[handled] ?? 0));
    });
    this.endMeasuring();
  }

  private sendOrQueue(intendedAt: number): void {
    const connection = this.free.pop();
    if (connection === undefined) this.late.push(intendedAt);
    else this.send(connection, intendedAt);
  }

  private startMeasuring(): void {
    this.options.onStart?.();
    this.tally.start(performance.now());
  }

  private endMeasuring(): void {
    this.tally.end(performance.now());
    this.options.onEnd?.();
  }
}
