import { Injectable } from '@nestjs/common';
import { Deadline } from '../common/deadline.js';

/** How long Meta may take for all calls of one step. An admin waits longer than an agent. */
const STEP_DEADLINE_MS = 20_000;

/** Starts the one deadline that all calls of a step share. */
@Injectable()
export class StepDeadlines {
  start(): Deadline {
    return new Deadline(STEP_DEADLINE_MS);
  }
}
