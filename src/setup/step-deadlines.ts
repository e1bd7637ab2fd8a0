import { Injectable } from '@nestjs/common';
import { Deadline } from '../common/deadline.js';

/**
 * How long Meta may take for all calls of one step, from the arrival of the request. An admin waits
 * longer than an agent.
 */
const STEP_DEADLINE_MS = 20_000;
/** A step's whole time. The rest is for the database and the page. */
export const STEP_ANSWER_MS = STEP_DEADLINE_MS + 1000;

/** Starts the one deadline that all calls of a step share. */
@Injectable()
export class StepDeadlines {
  start(): Deadline {
    return Deadline.fromArrival(STEP_DEADLINE_MS);
  }
}
