import { describe, expect, it } from '@jest/globals';
import { ChannelSchedule } from './model/channel-schedule.js';
import { Random } from './model/random.js';

/** `MODEL_SEED` runs one schedule again, `MODEL_SCHEDULES` another number of them. */
const SEED = process.env.MODEL_SEED;
const SCHEDULES = SEED === undefined ? Number(process.env.MODEL_SCHEDULES ?? 2000) : 1;
const FIRST_SEED = Number(SEED ?? 1);

describe('pull and channelback, whatever happens', () => {
  it(`hands every comment out once and posts every reply once, in ${String(SCHEDULES)} random schedules`, async () => {
    const broken: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES && broken.length < 3; seed += 1) {
      try {
        await new ChannelSchedule(new Random(seed)).run();
      } catch (error) {
        broken.push(`MODEL_SEED=${String(seed)}: ${String(error)}`);
      }
    }
    expect(broken).toEqual([]);
  }, 600_000);
});
