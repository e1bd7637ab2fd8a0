import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { EventLog } from '../common/logging/event-log.js';
import { CommentAuthors } from './comment-authors.js';
import { dayOf, TicketMap } from './ticket-map.js';

const SWEEP_EVERY_MS = 60_000;

/** Deletes expired rows. Each process does, and two may find the same rows. */
@Injectable()
export class LedgerSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweptOn = '';
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly tickets: TicketMap,
    private readonly authors: CommentAuthors,
    private readonly clock: Clock,
    private readonly log: EventLog,
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
    await this.authors.sweep();
    const today = dayOf(this.clock.now());
    if (this.sweptOn === today) return;
    await this.tickets.deleteUnused();
    this.sweptOn = today;
  }
}
