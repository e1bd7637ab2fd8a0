import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Budget } from '../../common/http/budget.js';
import { EventLog } from '../../common/logging/event-log.js';
import { BudgetCounts, type Spending, type UsedUp } from './budget-counts.js';
import { Database } from '../database/database.js';

/**
 * How long a call waits for the shared counts. The database answers much faster. A setup step has
 * the shortest deadline of the calls with a budget: 20 s for at most two waits.
 */
const ANSWER_MAX_MS = 2000;

/** Counts calls of unauthenticated clients against a limit. */
export interface SharedBudget {
  /**
   * Counts the calls that are within the limits, and reports whether there was room for one.
   *
   * @param address an IP address, or an account's id.
   */
  spend(address: string, calls?: number): Promise<boolean>;
}

/**
 * Budgets that the processes on one PostgreSQL share. A process first counts for itself, and only
 * calls that its own count lets through reach the database. The process then refuses calls under a
 * limit that the database reports as used up, so a flood of refused calls writes nothing. While the
 * database fails, each process counts for itself (docs/decisions/shared-budgets.md).
 */
@Injectable()
export class SharedBudgets {
  private isFailing = false;

  constructor(
    private readonly counts: BudgetCounts,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  /** @param name is the same in all processes, and no other budget has it. */
  create(name: string, own: Budget): SharedBudget {
    return {
      spend: async (address, calls = 1) => {
        const fitting = own.spend(address, this.clock.now(), calls);
        if (fitting === 0) return false;
        const { windowMs } = own;
        const limits = own.findLimits(address);
        const usedUp = await this.count({ budget: name, limits, calls: fitting, windowMs });
        const now = this.clock.now();
        for (const { limit, leftMs } of usedUp) own.useUp(limit, { now, endsAt: now + leftMs });
        return usedUp.length === 0;
      },
    };
  }

  private async count(spending: Spending): Promise<readonly UsedUp[]> {
    if (!this.counts.isShared) return [];
    try {
      const usedUp = await this.database.within(ANSWER_MAX_MS, () => this.counts.spend(spending));
      this.isFailing = false;
      return usedUp;
    } catch (error) {
      if (!this.isFailing) this.log.unexpected('budget.not_shared', error);
      this.isFailing = true;
      return [];
    }
  }
}
