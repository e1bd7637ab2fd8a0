import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CapturedLog } from '../../../test/support/capture.js';
import { ENGINES, settingsOf, type TestEngine } from '../../../test/support/engines.js';
import { stopTime } from '../../../test/support/ledger-stores.js';
import { Clock } from '../../common/clock.js';
import type { Target } from '../../domain/target.js';
import { Database } from '../database/database.js';
import { ATTEMPTS_KEPT_MS, LATE_EFFECT_MS, type LikeAttempt, LikeLedger } from './like-ledger.js';

const ACCOUNT = '17841405309211844';
const PHOTO: Target = { kind: 'media', id: '17895695668004550' };
const COMMENT: Target = { kind: 'comment', id: '17895695668004550' };
/** How many random courses of events are gone through on each engine. */
const COURSES = 300;
const START = Date.UTC(2026, 10, 22, 9, 30);

class SetClock extends Clock {
  at = START;
  override now(): number {
    return this.at;
  }
}

describe.each(ENGINES)('LikeLedger on %s', (_, startEngine) => {
  let engine: TestEngine;
  let url: string;
  let database: Database;
  let ledger: LikeLedger;
  let logs: CapturedLog;
  const clock = new SetClock();

  const open = async (): Promise<void> => {
    database = new Database(settingsOf(url));
    await database.onModuleInit();
    const { time, line } = stopTime(database, clock);
    logs = new CapturedLog();
    ledger = new LikeLedger(database, clock, time, line, logs.log);
  };
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    url = await engine.makeDatabase();
    await open();
  });
  afterEach(() => database.onApplicationShutdown());
  const state = async (target = PHOTO): Promise<unknown> =>
    (await ledger.states(ACCOUNT, [target]))[0];
  const confirmed = (liked: boolean, at = START): object => ({
    known: 'confirmed',
    liked,
    changedAt: new Date(at).toISOString(),
  });

  it('stays pending if an attempt is recorded twice, and reports it', async () => {
    const attempt = await ledger.begin(ACCOUNT, PHOTO, true);
    const rows = database.db.selectFrom('like_attempts').selectAll();
    const { id, ...row } = await rows.executeTakeFirstOrThrow();
    expect(id).toBe(attempt.id);
    await database.db.insertInto('like_attempts').values(row).execute();
    await ledger.confirm(attempt);
    expect(await state()).toEqual({ known: 'pending' });
    const rule = 'like_settles_no_later_attempt';
    expect(logs.events('invariant.broken')).toMatchObject([{ rule }]);
  });

  it('knows nothing at first', async () => {
    expect(await state()).toEqual({ known: 'none' });
  });

  it('is pending from the attempt to its confirmation', async () => {
    const attempt = await ledger.begin(ACCOUNT, PHOTO, true);
    expect(await state()).toEqual({ known: 'pending' });
    expect(await ledger.confirm(attempt)).toBe(new Date(START).toISOString());
    expect(await state()).toEqual(confirmed(true));
  });

  it('knows again what it knew when an attempt had no effect', async () => {
    const first = await ledger.begin(ACCOUNT, PHOTO, true);
    await ledger.withdraw(first);
    expect(await state()).toEqual({ known: 'none' });
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    await ledger.withdraw(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(true));
  });

  it('stays pending over an unknown outcome until a later attempt is confirmed', async () => {
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    await ledger.begin(ACCOUNT, PHOTO, false);
    await ledger.withdraw(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual({ known: 'pending' });
    clock.at = START + 5000;
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(false, START + 5000));
    clock.at = START;
  });

  it('stays pending while an unanswered attempt may overtake the opposite one', async () => {
    await ledger.begin(ACCOUNT, PHOTO, true);
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual({ known: 'pending' });
    // Confirming the lost wish does not forget it: it may still overtake the next opposite one.
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    expect(await state()).toEqual(confirmed(true));
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual({ known: 'pending' });
    clock.at = START + LATE_EFFECT_MS;
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(false, clock.at));
    clock.at = START;
  });

  it('does not settle an attempt that came after the confirmed one', async () => {
    const first = await ledger.begin(ACCOUNT, PHOTO, true);
    await ledger.begin(ACCOUNT, PHOTO, false);
    await ledger.confirm(first);
    expect(await state()).toEqual({ known: 'pending' });
  });

  it('stays pending after simultaneous opposite attempts, in either order', async () => {
    const like = await ledger.begin(ACCOUNT, PHOTO, true);
    const unlike = await ledger.begin(ACCOUNT, PHOTO, false);
    await ledger.confirm(unlike);
    await ledger.confirm(like);
    expect(await state()).toEqual({ known: 'pending' });
    const [again, other] = [
      await ledger.begin(ACCOUNT, COMMENT, false),
      await ledger.begin(ACCOUNT, COMMENT, true),
    ];
    await Promise.all([ledger.confirm(again), ledger.confirm(other)]);
    expect(await state(COMMENT)).toEqual({ known: 'pending' });
    clock.at = START + LATE_EFFECT_MS;
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    expect(await state()).toEqual(confirmed(true, clock.at));
    clock.at = START;
  });

  it('does not settle an attempt that began after the confirmed one', async () => {
    const first = await ledger.begin(ACCOUNT, PHOTO, true);
    // Another process, whose clock is behind.
    clock.at = START - LATE_EFFECT_MS;
    await ledger.begin(ACCOUNT, PHOTO, false);
    clock.at = START;
    await ledger.confirm(first);
    expect(await state()).toEqual({ known: 'pending' });
  });

  it('keeps a trial pending when another click came between and had no effect', async () => {
    const like = await ledger.begin(ACCOUNT, PHOTO, true);
    const click = await ledger.begin(ACCOUNT, PHOTO, true);
    const unlike = await ledger.begin(ACCOUNT, PHOTO, false);
    await ledger.withdrawTrial([like, unlike], { known: 'none' });
    await ledger.withdraw(click);
    expect(await state()).toEqual({ known: 'pending' });
  });

  it('keeps a trial pending when another click was confirmed between', async () => {
    const like = await ledger.begin(ACCOUNT, PHOTO, true);
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    const unlike = await ledger.begin(ACCOUNT, PHOTO, false);
    await ledger.withdrawTrial([like, unlike], { known: 'none' });
    expect(await state()).toEqual({ known: 'pending' });
  });

  it('is sure after attempts at the same time that want the same', async () => {
    const both = [
      await ledger.begin(ACCOUNT, PHOTO, true),
      await ledger.begin(ACCOUNT, PHOTO, true),
    ];
    await Promise.all(both.map((attempt) => ledger.confirm(attempt)));
    expect(await state()).toEqual(confirmed(true));
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(false));
  });

  it('does not settle an attempt that grew old while the confirmed one travelled', async () => {
    await ledger.begin(ACCOUNT, PHOTO, true);
    const slow = await ledger.begin(ACCOUNT, PHOTO, false);
    clock.at = START + LATE_EFFECT_MS;
    await ledger.confirm(slow);
    expect(await state()).toEqual({ known: 'pending' });
    clock.at = START;
  });

  it('never contradicts Instagram when the attempts of several processes overlap', async () => {
    const endings = ['confirmed', 'confirmed', 'lost', 'withdrawn'] as const;
    const attempts = fc.array(
      fc.record({ liked: fc.boolean(), ending: fc.constantFrom(...endings) }),
      { minLength: 2, maxLength: 4 },
    );
    /** Which of the open attempts takes its next step. */
    const order = fc.array(fc.nat({ max: 11 }), { minLength: 12, maxLength: 12 });
    let definite = 0;
    let count = 0;
    await fc.assert(
      fc.asyncProperty(attempts, order, async (all, choices) => {
        count += 1;
        const target: Target = { kind: 'media', id: String(count) };
        let isLiked = false;
        const courses = all.map(({ liked, ending }) => {
          let attempt: LikeAttempt;
          const begin = async (): Promise<void> => {
            attempt = await ledger.begin(ACCOUNT, target, liked);
          };
          const act = (): Promise<void> => {
            isLiked = liked;
            return Promise.resolve();
          };
          const confirm = (): Promise<string> => ledger.confirm(attempt);
          const withdraw = (): Promise<void> => ledger.withdraw(attempt);
          const steps = { confirmed: [act, confirm], lost: [act], withdrawn: [withdraw] };
          return [begin, ...steps[ending]];
        });
        for (const choice of choices) {
          const open = courses.filter((steps) => steps.length > 0);
          if (open.length === 0) break;
          await open[choice % open.length]?.shift()?.();
          const [known] = await ledger.states(ACCOUNT, [target]);
          if (known?.known !== 'confirmed') continue;
          definite += 1;
          expect(known.liked).toBe(isLiked);
        }
      }),
      { seed: 1, numRuns: COURSES },
    );
    expect(definite).toBeGreaterThan(COURSES / 2);
  }, 60_000);

  it('stays pending when a late confirmation finds that its attempt was settled', async () => {
    const slow = await ledger.begin(ACCOUNT, PHOTO, true);
    clock.at = START + LATE_EFFECT_MS;
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(false, clock.at));
    await ledger.confirm(slow);
    expect(await state()).toEqual({ known: 'pending' });
    clock.at = START + 2 * LATE_EFFECT_MS;
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(false, clock.at));
    clock.at = START;
  });

  it('stays pending when a late attempt without an answer finds that it was settled', async () => {
    const halted = await ledger.begin(ACCOUNT, PHOTO, true);
    clock.at = START + 2 * LATE_EFFECT_MS;
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(false, clock.at));
    await ledger.keep(halted);
    expect(await state()).toEqual({ known: 'pending' });
    // It may have been sent only now, so its time starts again.
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual({ known: 'pending' });
    clock.at += LATE_EFFECT_MS;
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(false, clock.at));
    clock.at = START;
  });

  it('keeps an attempt without an answer once, and none after the data was deleted', async () => {
    const attempt = await ledger.begin(ACCOUNT, PHOTO, true);
    await ledger.keep(attempt);
    const rows = await database.db.selectFrom('like_attempts').selectAll().execute();
    expect(rows.map(({ id }) => id)).toEqual([attempt.id]);
    await database.db.transaction().execute((db) => ledger.deleteAccounts(db, [ACCOUNT]));
    await ledger.keep(attempt);
    expect(await state()).toEqual({ known: 'none' });
  });

  it('stores nothing for a late confirmation after the data was deleted', async () => {
    const slow = await ledger.begin(ACCOUNT, PHOTO, true);
    await database.db.transaction().execute((db) => ledger.deleteAccounts(db, [ACCOUNT]));
    await ledger.confirm(slow);
    expect(await state()).toEqual({ known: 'none' });
    expect(await database.db.selectFrom('like_attempts').selectAll().execute()).toEqual([]);
  });

  it('does not mistake an attempt for one with the same id in a restored database', async () => {
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    const current = await ledger.begin(ACCOUNT, PHOTO, false);
    const lost = { ...current, liked: true, token: 'of-another-one' };
    await ledger.withdraw(lost);
    expect(await state()).toEqual({ known: 'pending' });
    await ledger.confirm(lost);
    expect(await state()).toEqual({ known: 'pending' });
  });

  it('deletes old attempts, and the likes that they leave unknown', async () => {
    const [agreed, doubted, lost, young] = ['11', '12', '13', '14'].map((id): Target => ({
      kind: 'media',
      id,
    })) as [Target, Target, Target, Target];
    for (const target of [agreed, doubted]) {
      await ledger.confirm(await ledger.begin(ACCOUNT, target, true));
    }
    await ledger.begin(ACCOUNT, agreed, true);
    await ledger.begin(ACCOUNT, doubted, false);
    await ledger.begin(ACCOUNT, lost, true);
    for (let index = 0; index < 120; index += 1) {
      await ledger.begin(ACCOUNT, { kind: 'comment', id: String(index + 1) }, true);
    }
    clock.at = START + ATTEMPTS_KEPT_MS;
    await ledger.begin(ACCOUNT, young, true);
    await ledger.sweep();
    const states = await ledger.states(ACCOUNT, [agreed, doubted, lost, young]);
    expect(states.map(({ known }) => known)).toEqual(['confirmed', 'none', 'none', 'pending']);
    expect(await database.db.selectFrom('like_attempts').selectAll().execute()).toHaveLength(1);
    clock.at = START;
  });

  it('keeps kinds and accounts apart', async () => {
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    expect(await state(COMMENT)).toEqual({ known: 'none' });
    expect(await ledger.states('17841400000000009', [PHOTO])).toEqual([{ known: 'none' }]);
  });

  it('gives states in the order of the targets, also when one is asked for twice', async () => {
    await ledger.confirm(await ledger.begin(ACCOUNT, COMMENT, true));
    const states = await ledger.states(ACCOUNT, [COMMENT, PHOTO, COMMENT]);
    expect(states).toEqual([confirmed(true), { known: 'none' }, confirmed(true)]);
  });

  it('keeps what it knows, and what it does not, when it is opened again', async () => {
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    await ledger.begin(ACCOUNT, COMMENT, true);
    await database.onApplicationShutdown();
    await open();
    expect(await state()).toEqual(confirmed(true));
    expect(await state(COMMENT)).toEqual({ known: 'pending' });
  });
});
