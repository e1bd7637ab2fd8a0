import { Injectable } from '@nestjs/common';
import { EventLog } from '../common/logging/event-log.js';
import { type AnswerName, PullAnswers } from '../ledger/pulls/pull-answers.js';
import { PullFailures } from '../ledger/pulls/pull-failures.js';
import { PullMemory } from './pull-memory.js';

/**
 * The part of `PullMemory` that the replicas share through the database: what answers delivered,
 * and how often posts failed. It only saves work, so a database that fails here fails no pull.
 */
@Injectable()
export class SharedPullMemory {
  constructor(
    private readonly memory: PullMemory,
    private readonly answers: PullAnswers,
    private readonly failures: PullFailures,
    private readonly log: EventLog,
  ) {}

  /**
   * Begins a pull: notes that the answer with its state arrived, and reads what other replicas
   * know.
   *
   * @returns a function that stores the posts that failed in the pull.
   */
  async begin(name: AnswerName): Promise<() => Promise<void>> {
    const { igUserId, series, answer } = name;
    this.memory.noteArrival(series, answer);
    const before = await this.attempt(async () => {
      // No answer of a new series has arrived.
      const arrived =
        answer === '' ? [] : await this.answers.arrive(name, this.memory.listArrived(series));
      for (const each of arrived) this.memory.noteDelivered(series, each.answer, each.externalIds);
      const failures = await this.failures.list(igUserId);
      this.memory.setFailures(igUserId, failures);
      return failures;
    });
    return async () => {
      if (before === undefined) return;
      const after = this.memory.listFailures(igUserId);
      await this.attempt(() => this.failures.replace(igUserId, before, after));
    };
  }

  /** Notes the resources of an answer before it is sent. */
  async noteAnswer(name: AnswerName, externalIds: readonly string[]): Promise<void> {
    if (externalIds.length === 0) return;
    this.memory.noteAnswer(name.series, name.answer, externalIds);
    await this.attempt(() => this.answers.record(name, externalIds));
  }

  private async attempt<T>(task: () => Promise<T>): Promise<T | undefined> {
    try {
      return await task();
    } catch (error) {
      this.log.unexpected('pull.memory_not_shared', error);
      return undefined;
    }
  }
}
