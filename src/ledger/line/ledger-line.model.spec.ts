import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MovableClock } from '../../../sandbox/clock.js';
import { CapturedLog } from '../../../test/support/capture.js';
import { ENGINES, sharedDatabase } from '../../../test/support/engines.js';
import { stopTime } from '../../../test/support/ledger-stores.js';
import { LATE_EFFECT_MS } from '../../common/late-effect.js';
import type { Target } from '../../domain/target.js';
import type { Database } from '../database/database.js';
import type { LedgerLine } from './ledger-line.js';
import { type LikeAttempt, LikeLedger } from '../likes/like-ledger.js';

/** Random courses on each engine. */
const COURSES = 300;
const ACCOUNT = '17841405309211844';
const TABLES = ['likes', 'like_attempts', 'account_lines', 'ledger_line'] as const;
/** The longest time from the start of a click to its end; a call has a deadline. */
const LONGEST_CLICK_S = 60;

type Rows = Readonly<Record<(typeof TABLES)[number], readonly object[]>>;

/** What a process does next. Numbers choose among what is there, modulo their count. */
type Step =
  | { readonly kind: 'begin' | 'whole'; readonly liked: boolean }
  | { readonly kind: 'act' | 'confirm' | 'withdraw' | 'lose'; readonly click: number }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'pull' | 'copy' | 'restore' | 'sweep' };

interface Click {
  readonly attempt: LikeAttempt;
  readonly endsAt: number;
  hasActed: boolean;
}

const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>): fc.WeightedArbitrary<Step> => ({
  weight,
  arbitrary,
});
const steps = fc.array(
  fc.oneof(
    weighted(6, fc.record({ kind: fc.constant('whole' as const), liked: fc.boolean() })),
    weighted(2, fc.record({ kind: fc.constant('begin' as const), liked: fc.boolean() })),
    weighted(
      5,
      fc.record({
        kind: fc.constantFrom('act', 'act', 'confirm', 'confirm', 'withdraw', 'lose'),
        click: fc.nat({ max: 5 }),
      }),
    ),
    weighted(
      3,
      fc.record({
        kind: fc.constant('wait' as const),
        seconds: fc.constantFrom(1, 30, 90, LATE_EFFECT_MS / 1000 + 1, LATE_EFFECT_MS / 1000 + 1),
      }),
    ),
    weighted(6, fc.record({ kind: fc.constantFrom('pull', 'pull', 'copy', 'restore', 'sweep') })),
  ),
  { minLength: 10, maxLength: 40 },
);

/**
 * One heart, several processes on one ledger, and Zendesk with its state. The ledger may be
 * replaced by an earlier copy of itself at any moment, even while clicks travel: they end on the
 * restored ledger. After a restore nothing counts until the next pull, which proves it.
 */
class Course {
  private readonly clock = new MovableClock();
  private readonly ledger: LikeLedger;
  private readonly line: LedgerLine;
  private readonly target: Target;
  private clicks: Click[] = [];
  /** Lost clicks that may still take effect. */
  private late: Click[] = [];
  private isLiked = false;
  private copy: Rows | undefined;
  /** The state that Zendesk has. */
  private mark: string | undefined;
  private isProven = true;
  definite = 0;

  constructor(
    private readonly database: Database,
    count: number,
  ) {
    const { time, line } = stopTime(database, this.clock, new CapturedLog().log);
    this.line = line;
    this.ledger = new LikeLedger(database, this.clock, time, line);
    this.target = { kind: 'media', id: String(count) };
  }

  async run(all: readonly Step[]): Promise<void> {
    for (const kind of ['pull', 'copy'] as const) await this.take({ kind });
    for (const step of all) {
      await this.endClicks();
      await this.take(step);
      await this.check();
    }
  }

  private async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'begin': {
        const attempt = await this.ledger.begin(ACCOUNT, this.target, step.liked);
        const endsAt = this.clock.now() + LONGEST_CLICK_S * 1000;
        this.clicks.push({ attempt, endsAt, hasActed: false });
        return;
      }
      case 'whole': {
        const attempt = await this.ledger.begin(ACCOUNT, this.target, step.liked);
        this.isLiked = step.liked;
        await this.ledger.confirm(attempt);
        return;
      }
      case 'wait':
        // No click is longer than its deadline, so time passes in steps.
        for (let left = step.seconds; left > 0; left -= LONGEST_CLICK_S) {
          this.clock.advance(Math.min(left, LONGEST_CLICK_S));
          await this.endClicks();
        }
        return;
      case 'pull':
        await this.line.noteArrival(ACCOUNT, this.mark);
        this.mark = await this.line.raise(ACCOUNT);
        this.isProven = true;
        return;
      case 'copy':
        this.copy = await this.readRows();
        return;
      case 'restore':
        await this.restore();
        return;
      case 'sweep':
        await this.ledger.sweep();
        return;
      default:
        await this.continue(step.kind, step.click);
    }
  }

  private async continue(kind: 'act' | 'confirm' | 'withdraw' | 'lose', of: number): Promise<void> {
    const open = [...this.clicks, ...(kind === 'act' ? this.late : [])];
    const click = open[of % Math.max(1, open.length)];
    if (click === undefined) return;
    if (kind === 'act') {
      if (click.hasActed) return;
      click.hasActed = true;
      this.isLiked = click.attempt.liked;
      return;
    }
    if (kind === 'confirm' && !click.hasActed) return;
    if (kind === 'withdraw' && click.hasActed) return;
    this.clicks = this.clicks.filter((each) => each !== click);
    if (kind === 'confirm') await this.ledger.confirm(click.attempt);
    else if (kind === 'withdraw') await this.ledger.withdraw(click.attempt);
    else if (!click.hasActed) this.late.push(click);
  }

  /** Loses clicks whose deadline has passed, and lets lost ones no longer act. */
  private async endClicks(): Promise<void> {
    const now = this.clock.now();
    for (const click of this.clicks.filter(({ endsAt }) => endsAt <= now)) {
      this.clicks = this.clicks.filter((each) => each !== click);
      if (click.hasActed) await this.ledger.confirm(click.attempt);
      else this.late.push(click);
    }
    this.late = this.late.filter(({ attempt }) => now < attempt.startedAt + LATE_EFFECT_MS);
  }

  private async readRows(): Promise<Rows> {
    const { db } = this.database;
    const rows = await Promise.all(
      TABLES.map((table) => db.selectFrom(table).selectAll().execute()),
    );
    return Object.fromEntries(TABLES.map((table, index) => [table, rows[index] ?? []])) as never;
  }

  private async restore(): Promise<void> {
    if (this.copy === undefined || this.mark === undefined) return;
    // Zendesk's state is newer than the copy only if a pull was answered since.
    await this.take({ kind: 'pull' });
    await this.writeRows(this.copy);
    this.isProven = false;
  }

  private async writeRows(rows: Rows): Promise<void> {
    const { db } = this.database;
    for (const table of TABLES) {
      await db.deleteFrom(table).execute();
      for (const { id, ...row } of rows[table] as { id?: number }[]) {
        const values = table === 'ledger_line' ? { id, ...row } : row;
        await db
          .insertInto(table)
          .values(values as never)
          .execute();
      }
    }
  }

  private async check(): Promise<void> {
    if (!this.isProven) return;
    const [state] = await this.ledger.states(ACCOUNT, [this.target]);
    if (state?.known !== 'confirmed') return;
    this.definite += 1;
    expect(state.liked).toBe(this.isLiked);
  }
}

describe.each(ENGINES)('a ledger that is replaced by its copies on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);

  it('is never definite and wrong once a pull was answered', async () => {
    const database = getDatabase();
    let [count, definite] = [0, 0];
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        count += 1;
        for (const table of ['likes', 'like_attempts', 'account_lines'] as const) {
          await database.db.deleteFrom(table).execute();
        }
        const course = new Course(database, count);
        await course.run(all);
        definite += course.definite;
      }),
      { seed: 1, numRuns: COURSES },
    );
    expect(definite).toBeGreaterThan(COURSES);
  }, 120_000);
});
