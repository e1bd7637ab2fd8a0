import { ServiceError } from '../../src/common/errors/service-error.js';
import { type CallTrace, Life, runIn } from './context.js';
import type { PostgresServer } from './postgres-server.js';
import type { Random } from './random.js';
import { DEADLINES, Replica, type Surroundings } from './replica.js';
import type { Halt } from './schedule.js';
import type { VirtualTime } from './virtual-time.js';

/** How long a process manager waits before it starts a process again. */
const RESTART_MS = 500;
/** How much later than the deadline an answer may leave. */
const DEADLINE_SLACK_MS = 50;
/** How long a client waits before it sees that the process is gone, or has hung. */
const PATIENCE_MS = 60_000;

/** The end of a call, as the client sees it. Times are virtual. */
export interface Outcome<T> {
  /** Undefined if the service reported an error or no answer came. */
  readonly answer: T | undefined;
  /** The error's code; `lost` without an answer. */
  readonly error: string | undefined;
  readonly from: number;
  readonly until: number;
}

/** The time from the arrival of a call to its answer, by its kind. Milliseconds. */
const LIMITS: Readonly<Record<CallTrace['kind'], number>> = {
  like: DEADLINES.proxy,
  state: DEADLINES.proxy,
  reply: DEADLINES.proxy,
  pull: DEADLINES.pull,
  start: Infinity,
};

interface Slot {
  life: Life;
  /** Undefined until it has started. */
  replica: Replica | undefined;
  starts: number;
  readonly calls: Set<{ readonly trace: CallTrace; readonly lose: () => void }>;
}

export interface ClusterOptions {
  readonly time: VirtualTime;
  readonly server: PostgresServer;
  readonly surroundings: Surroundings;
  readonly skews: readonly number[];
  readonly random: Random;
  readonly lostAnswers: number;
  readonly trace: (line: string) => void;
  /** Notified of each operation during which a process crashed. */
  readonly onCrashDuring: (point: string) => void;
}

/** The replicas of the service: starts, crashes, halts, and calls to them. */
export class Cluster {
  /** Set while nothing may fail. */
  isCalm = false;
  private readonly slots: Slot[];
  private calls = 0;

  constructor(
    count: number,
    private readonly options: ClusterOptions,
  ) {
    this.slots = Array.from({ length: count }, (_, index) => this.newSlot(index));
    for (const slot of this.slots) void this.start(slot);
  }

  get size(): number {
    return this.slots.length;
  }

  /** Waits until every replica has started. */
  async ready(): Promise<void> {
    for (let waits = 0; this.slots.some(({ replica }) => replica === undefined); waits += 1) {
      if (waits > 1000) throw new Error('liveness: a replica does not start');
      await this.options.time.sleep(100);
    }
  }

  /** Crashes a replica after some further events, and starts it again. */
  crashAfter(replica: number, events: number, noticedMs: number): void {
    const slot = this.slot(replica);
    const { life } = slot;
    life.eventsLeft = events;
    life.onEvents = () => {
      this.crash(slot, noticedMs);
    };
  }

  haltAfter(replica: number, { afterEvents, ms, stopsTimers }: Halt): void {
    const { life } = this.slot(replica);
    life.eventsLeft = afterEvents;
    life.onEvents = () => {
      this.options.trace(`${life.name} halts for ${String(ms)} ms`);
      life.haltedUntil = this.options.time.elapsedMs + ms;
      if (stopsTimers) life.stoppedMs += ms;
    };
  }

  /** Crashes all replicas at once, as a restore does. */
  crashAll(): void {
    for (const slot of this.slots) this.crash(slot, 0);
  }

  /** Cancels the crashes and halts that were planned. A replica that is halted stays so. */
  calm(): void {
    this.isCalm = true;
    for (const { life } of this.slots) life.eventsLeft = undefined;
  }

  /** Sends a call to a replica and waits for its answer. */
  call<T>(
    { kind, replica, random }: { kind: CallTrace['kind']; replica: number; random: Random },
    use: (service: Replica) => Promise<T>,
  ): Promise<Outcome<T>> {
    const { time, trace } = this.options;
    const slot = this.slot(replica);
    const { life, replica: service } = slot;
    const from = time.elapsedMs;
    let arrivedAt = from;
    this.calls += 1;
    const call: CallTrace = { kind, name: `${kind}${String(this.calls)}`, pending: new Set() };
    return new Promise((resolve) => {
      const end = (answer: T | undefined, error: string | undefined): void => {
        slot.calls.delete(record);
        patience.isCancelled = true;
        const until = time.elapsedMs;
        trace(`${call.name} ends: ${error ?? JSON.stringify(answer).slice(0, 200)}`);
        resolve({ answer, error, from, until });
      };
      const lose = (): void => {
        end(undefined, 'lost');
      };
      const record = { trace: call, lose };
      const patience = time.later(PATIENCE_MS, lose);
      if (service === undefined) {
        time.later(1, lose);
        return;
      }
      slot.calls.add(record);
      trace(`${call.name} goes to ${life.name}`);
      const isLost = !this.isCalm && random.chance(this.options.lostAnswers);
      const outside = { life: undefined, call, random };
      const deliver = (answer: T | undefined, error: string | undefined): void => {
        const lateMs = time.elapsedMs - arrivedAt - LIMITS[kind] - DEADLINE_SLACK_MS;
        // A process that is halted cannot answer.
        if (lateMs > 0 && life.haltedUntil < arrivedAt) {
          time.fail(new Error(`deadline: ${call.name} answers ${String(lateMs)} ms too late`));
        }
        const arrive = isLost
          ? lose
          : (): void => {
              end(answer, error);
            };
        time.later(random.between(0.1, 5), arrive, outside);
      };
      time.later(
        random.between(0.1, 5),
        () => {
          arrivedAt = time.elapsedMs;
          use(service).then(
            (answer) => {
              deliver(answer, undefined);
            },
            (error: unknown) => {
              if (error instanceof ServiceError) deliver(undefined, error.code);
              else time.fail(error);
            },
          );
        },
        { life, call, random },
      );
    });
  }

  private slot(index: number): Slot {
    const slot = this.slots[index % this.slots.length];
    if (slot === undefined) throw new Error('no such replica');
    return slot;
  }

  private newSlot(index: number): Slot {
    return { life: this.newLife(index, 0), replica: undefined, starts: 0, calls: new Set() };
  }

  private newLife(index: number, starts: number): Life {
    const name = `replica${String(index)}.${String(starts)}`;
    return new Life(name, this.options.skews[index] ?? 0);
  }

  private async start(slot: Slot): Promise<void> {
    const { life } = slot;
    const { trace, surroundings, random } = this.options;
    const call: CallTrace = { kind: 'start', name: life.name, pending: new Set() };
    await runIn({ life, call, random }, async () => {
      try {
        const replica = new Replica(surroundings);
        await replica.start();
        slot.replica = replica;
        trace(`${life.name} is ready`);
      } catch (error) {
        trace(`${life.name} does not start: ${String((error as Error).stack)}`);
        this.crash(slot, 0);
      }
    });
  }

  private crash(slot: Slot, noticedMs: number): void {
    const { life } = slot;
    if (!life.isAlive) return;
    const { time, server, trace, random } = this.options;
    trace(`${life.name} crashes`);
    life.isAlive = false;
    slot.replica = undefined;
    for (const { trace: call, lose } of [...slot.calls]) {
      this.notePoints(call);
      time.later(1, lose, { life: undefined, call: undefined, random });
    }
    slot.calls.clear();
    const outside = { life: undefined, call: undefined, random };
    time.later(
      noticedMs,
      () => {
        server.endAll(life);
      },
      outside,
    );
    slot.starts += 1;
    slot.life = this.newLife(this.slots.indexOf(slot), slot.starts);
    time.later(
      RESTART_MS,
      () => {
        void this.start(slot);
      },
      outside,
    );
  }

  private notePoints({ kind, pending }: CallTrace): void {
    for (const { label, isDone } of pending) {
      this.options.onCrashDuring(`${kind}: ${label}, ${isDone ? 'done' : 'not done'}`);
    }
  }
}
