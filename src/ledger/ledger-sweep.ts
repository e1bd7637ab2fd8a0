import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { EventLog } from '../common/logging/event-log.js';
import { People } from './people.js';
import { dayOf, TicketMap } from './ticket-map.js';

const SWEEP_EVERY_MS = 60_000;

/** Deletes expired rows. Each process does, and two may find the same rows. */
@Injectable()
export class LedgerSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweptOn = '';
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(TicketMap) private readonly tickets: TicketMap,
    @Inject(People) private readonly people: People,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(EventLog) private readonly log: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.sweep().catch((failure: unknown) => {
        // The next time may succeed.
        this.log.unexpected('ledger.not_swept', failure);
      });
    }, SWEEP_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  async sweep(): Promise<void> {
    await this.people.sweep();
    const today = dayOf(this.clock.now());
    if (this.sweptOn === today) return;
    await this.tickets.deleteUnused();
    this.sweptOn = today;
  }
}
