import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Drain } from '../common/http/drain.js';
import { EventLog } from '../common/logging/event-log.js';
import { Database } from '../ledger/database/database.js';

/**
 * How long the result of a probe is reused. A probe writes to the disk, and the health checks are
 * unauthenticated.
 */
const PROBE_EVERY_MS = 5000;
const NO_ANSWER = 'The database does not answer.';
const NOT_WRITABLE = 'The database cannot be written.';

/** Finds the reason why the service cannot do its work; undefined if there is none. */
type Check = () => Promise<string | undefined>;

/** Checks whether the service can do its work. */
@Injectable()
export class ReadinessService {
  /** In this order. The first obstacle is the answer. */
  private readonly checks: readonly Check[] = [
    () => this.checkAnswer(),
    async () => ((await this.probeWriting()) === undefined ? undefined : NOT_WRITABLE),
  ];
  private ping: Promise<string | undefined> | undefined;
  private probe: { readonly at: number; readonly failure: Promise<unknown> } | undefined;

  constructor(
    private readonly drain: Drain,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  /** The reason why the service cannot accept calls; undefined if it can. */
  async findObstacle(): Promise<string | undefined> {
    if (this.drain.isDraining) return 'The service is shutting down.';
    for (const check of this.checks) {
      const obstacle = await check();
      if (obstacle !== undefined) return obstacle;
    }
    return undefined;
  }

  /** Whether the database answers. Calls at the same time share one statement. */
  private checkAnswer(): Promise<string | undefined> {
    this.ping ??= this.pingDatabase().finally(() => {
      this.ping = undefined;
    });
    return this.ping;
  }

  private async pingDatabase(): Promise<string | undefined> {
    try {
      await this.database.ping();
      return undefined;
    } catch (error) {
      this.log.unexpected('health.database_failed', error);
      return NO_ANSWER;
    }
  }

  /** The error of a write, if it failed. Calls within `PROBE_EVERY_MS` share one probe. */
  private probeWriting(): Promise<unknown> {
    const now = this.clock.now();
    const age = this.probe === undefined ? Infinity : Math.abs(now - this.probe.at);
    if (this.probe !== undefined && age < PROBE_EVERY_MS) return this.probe.failure;
    const failure = this.database.probe().then(
      () => undefined,
      (error: unknown) => {
        this.log.unexpected('health.database_failed', error);
        return error;
      },
    );
    this.probe = { at: now, failure };
    return failure;
  }
}
