import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ENGINES, sharedDatabase } from '../../../test/support/engines.js';
import type { Database } from '../database/database.js';
import {
  ANSWER_KEPT_MS,
  type AnswerName,
  ANSWERS_PER_ACCOUNT,
  type ArrivedAnswer,
  PullAnswers,
} from './pull-answers.js';

const START = Date.UTC(2026, 10, 26);
const ANSWER = { igUserId: '1', series: 's', answer: 'a' };
const named = (answer: string): AnswerName => ({ ...ANSWER, answer });

describe.each(ENGINES)('the answers to pulls on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);
  let database: Database;
  let now: number;
  let answers: PullAnswers;

  beforeAll(() => {
    database = getDatabase();
  });
  beforeEach(() => {
    now = START;
    answers = new PullAnswers(database, { now: () => now });
  });
  afterEach(async () => {
    await database.db.deleteFrom('pull_answers').execute();
  });

  const listArrived = async (name: AnswerName = named('none')): Promise<ArrivedAnswer[]> =>
    (await answers.arrive(name, [])).sort((one, other) => (one.answer < other.answer ? -1 : 1));

  it('are delivered once their state came back, and only in their series', async () => {
    await answers.record(named('a'), ['media:5', 'comment:5:6']);
    await answers.record(named('b'), ['comment:5:7']);
    expect(await listArrived()).toEqual([]);
    for (const other of [{ igUserId: '2' }, { series: 't' }]) {
      expect(await listArrived({ ...ANSWER, ...other })).toEqual([]);
    }
    const first = { answer: 'a', externalIds: ['media:5', 'comment:5:6'] };
    expect(await listArrived(named('a'))).toEqual([first]);
    const second = { answer: 'b', externalIds: ['comment:5:7'] };
    expect(await answers.arrive(named('b'), ['a'])).toEqual([second]);
    expect(await listArrived()).toEqual([first, second]);
  });

  it('are kept for two hours, and the newest of an account', async () => {
    for (let count = 0; count < ANSWERS_PER_ACCOUNT + 10; count += 1) {
      const answer = String(count).padStart(3, '0');
      await answers.record(named(answer), ['media:5']);
      await answers.arrive(named(answer), []);
      now += 1000;
    }
    const kept = await listArrived();
    expect(kept).toHaveLength(ANSWERS_PER_ACCOUNT);
    expect(kept[0]?.answer).toBe('010');
    now += ANSWER_KEPT_MS - (ANSWERS_PER_ACCOUNT / 2) * 1000;
    await answers.deleteExpired();
    expect(await listArrived()).toHaveLength(ANSWERS_PER_ACCOUNT / 2 - 1);
    now += ANSWERS_PER_ACCOUNT * 1000;
    await answers.deleteExpired();
    expect(await listArrived()).toEqual([]);
  });

  it('are deleted with their account', async () => {
    await answers.record(named('a'), ['media:5']);
    await answers.record({ ...named('a'), igUserId: '2' }, ['media:6']);
    await answers.deleteAccounts(database.db, ['1']);
    expect(await listArrived(named('a'))).toEqual([]);
    expect(await listArrived({ ...named('a'), igUserId: '2' })).toHaveLength(1);
  });

  it('never count as delivered before their state came back, in any order', async () => {
    const step = fc.record({
      kind: fc.constantFrom('record' as const, 'arrive' as const),
      igUserId: fc.constantFrom('1', '2'),
      series: fc.constantFrom('s', 't'),
      number: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await database.db.deleteFrom('pull_answers').execute();
        const recorded = new Set<string>();
        const arrived = new Set<string>();
        for (const { kind, igUserId, series, number } of steps) {
          const name = { igUserId, series, answer: String(number) };
          const key = `${igUserId}/${series}/${name.answer}`;
          if (kind === 'record' && !recorded.has(key)) {
            await answers.record(name, [`comment:5:${name.answer}`]);
            recorded.add(key);
          } else if (kind === 'arrive') {
            if (recorded.has(key)) arrived.add(key);
            const listed = await answers.arrive(name, []);
            const keys = listed.map(({ answer }) => `${igUserId}/${series}/${answer}`);
            const expected = [...arrived].filter((each) =>
              each.startsWith(`${igUserId}/${series}/`),
            );
            expect(keys.sort()).toEqual(expected.sort());
          }
        }
      }),
      { seed: 1, numRuns: 40 },
    );
  });
});
