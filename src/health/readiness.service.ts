import { Inject, Injectable } from '@nestjs/common';
import { Drain } from '../common/http/drain.js';
import { EventLog } from '../common/logging/event-log.js';
import { Database } from '../ledger/database.js';

/** Whether the service can do its work at this moment. */
@Injectable()
export class ReadinessService {
  constructor(
    @Inject(Drain) private readonly drain: Drain,
    @Inject(Database) private readonly database: Database,
    @Inject(EventLog) private readonly log: EventLog,
  ) {}

  /** What keeps the service from taking calls, or undefined. */
  async obstacle(): Promise<string | undefined> {
    if (this.drain.isDraining) return 'The service is shutting down.';
    try {
      await this.database.ping();
      return undefined;
    } catch (error) {
      this.log.unexpected('health.database_failed', error);
      return 'The database does not answer.';
    }
  }
}
