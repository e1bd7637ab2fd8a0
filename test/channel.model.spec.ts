import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { ChannelSchedule } from './model/channel-schedule.js';
import { schedules } from './model/schedule.js';

/** Random schedules to run; a failure names the seed and path that repeat it. */
const SCHEDULES = Number(process.env.MODEL_SCHEDULES ?? 2000);
const SEED = Number(process.env.MODEL_SEED ?? 1);
const PATH = process.env.MODEL_PATH;

describe(`pull and channelback in ${String(SCHEDULES)} random schedules`, () => {
  it('hand out every comment once and post every reply once', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, (schedule) => new ChannelSchedule(schedule).run()),
      { seed: SEED, numRuns: SCHEDULES, ...(PATH === undefined ? {} : { path: PATH }) },
    );
  }, 600_000);
});
