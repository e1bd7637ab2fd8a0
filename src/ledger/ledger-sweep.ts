import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { EventLog } from '../common/logging/event-log.js';
import { AuthorDeletionService } from './deletion/author-deletion.service.js';
import { BudgetCounts } from './budgets/budget-counts.js';
import { GateHolds } from './gate/gate-holds.js';
import { GatePaces } from './gate/gate-paces.js';
import { LikeLedger } from './likes/like-ledger.js';
import { PendingLogins } from './accounts/pending-logins.js';
import { PullAnswers } from './pulls/pull-answers.js';
import { PullFailures } from './pulls/pull-failures.js';
import { TicketStore } from './tickets/ticket-store.js';

const SWEEP_EVERY_MS = 60_000;

/** Deletes expired rows every minute. Each process does, and two may find the same rows. */
@Injectable()
export class LedgerSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private ticketsSweptOn = '';
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly logins: PendingLogins,
    private readonly authorDeletion: AuthorDeletionService,
    private readonly tickets: TicketStore,
    private readonly likes: LikeLedger,
    private readonly pullAnswers: PullAnswers,
    private readonly pullFailures: PullFailures,
    private readonly budgetCounts: BudgetCounts,
    private readonly gateHolds: GateHolds,
    private readonly gatePaces: GatePaces,
    private readonly log: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = Promise.all([
        this.logins.deleteExpired().catch((error: unknown) => {
          this.log.unexpected('log_ins.not_deleted', error);
        }),
        this.sweep().catch((error: unknown) => {
          this.log.unexpected('ledger.not_swept', error);
        }),
      ]);
    }, SWEEP_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  async sweep(): Promise<void> {
    await this.authorDeletion.sweep();
    await this.likes.sweep();
    await this.pullAnswers.deleteExpired();
    await this.pullFailures.deleteExpired();
    await this.budgetCounts.deleteExpired();
    await this.gateHolds.deleteOld();
    await this.gatePaces.deleteOld();
    const { today } = this.tickets;
    if (this.ticketsSweptOn === today) return;
    await this.tickets.deleteUnused();
    this.ticketsSweptOn = today;
  }
}
