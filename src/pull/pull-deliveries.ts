import { Injectable } from '@nestjs/common';
import { EventLog } from '../common/logging/event-log.js';
import { type AnswerName, PullAnswers } from '../ledger/pull-answers.js';
import { PullMemory } from './pull-memory.js';

/**
 * Keeps what answers delivered, in this process and in the database that the replicas share. A
 * failure of the database costs repeats only, so it fails no pull.
 */
@Injectable()
export class PullDeliveries {
  constructor(
    private readonly memory: PullMemory,
    private readonly answers: PullAnswers,
    private readonly log: EventLog,
  ) {}

  /** Notes that an answer arrived, and reads what other replicas delivered in its series. */
  async noteArrival(name: AnswerName): Promise<void> {
    const { series, answer } = name;
    this.memory.noteArrival(series, answer);
    // No answer of a new series has arrived.
    if (answer === '') return;
    try {
      const arrived = await this.answers.arrive(name, this.memory.listArrived(series));
      for (const each of arrived) this.memory.noteDelivered(series, each.answer, each.externalIds);
    } catch (error) {
      this.log.unexpected('pull.deliveries_unknown', error);
    }
  }

  /** Notes the resources of an answer before it is sent. */
  async noteAnswer(name: AnswerName, externalIds: readonly string[]): Promise<void> {
    if (externalIds.length === 0) return;
    this.memory.noteAnswer(name.series, name.answer, externalIds);
    try {
      await this.answers.record(name, externalIds);
    } catch (error) {
      this.log.unexpected('pull.deliveries_unknown', error);
    }
  }
}
