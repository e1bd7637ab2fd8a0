import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MovableClock } from '../../../sandbox/clock.js';
import { CapturedLog } from '../../../test/support/capture.js';
import { ENGINES, settingsOf, useEngine } from '../../../test/support/engines.js';
import { stopTime } from '../../../test/support/ledger-stores.js';
import { Deadline } from '../../common/deadline.js';
import { LATE_EFFECT_MS } from '../../common/late-effect.js';
import type { Target } from '../../domain/target.js';
import { Database } from '../database/database.js';
import { LedgerError } from '../database/ledger-error.js';
import type { LedgerLine } from './ledger-line.js';
import { LikeLedger } from '../likes/like-ledger.js';
import { LineRows } from './line-rows.js';

const ACCOUNT = '17841405309211844';
const OTHER = '17841405309211845';
const PHOTO: Target = { kind: 'media', id: '5' };

describe.each(ENGINES)("the ledger's line on %s", (_, startEngine) => {
  const engine = useEngine(startEngine);
  const clock = new MovableClock();
  let url: string;
  let database: Database;
  let line: LedgerLine;
  let likes: LikeLedger;
  let logs: CapturedLog;

  const open = async (): Promise<void> => {
    database = new Database(settingsOf(url));
    await database.onModuleInit();
    logs = new CapturedLog();
    const stopped = stopTime(database, clock, logs.log);
    line = stopped.line;
    likes = new LikeLedger(database, clock, stopped.time, line);
    await line.compare();
    await line.openFile();
  };
  const close = async (): Promise<void> => {
    await line.onApplicationShutdown();
    await database.onApplicationShutdown();
  };
  beforeEach(async () => {
    url = await engine.makeDatabase();
    await open();
  });
  afterEach(close);

  const like = async (liked: boolean, account = ACCOUNT): Promise<string> =>
    likes.confirm(await likes.begin(account, PHOTO, liked));
  const known = async (account = ACCOUNT): Promise<string | undefined> =>
    (await likes.states(account, [PHOTO]))[0]?.known;
  const causes = (): unknown[] => logs.events('ledger.line_broken').map(({ cause }) => cause);
  /** Sets the rows of the account back to an earlier moment. */
  const rewind = async (steps: () => Promise<unknown>): Promise<void> => {
    const rows = await database.db.selectFrom('account_lines').selectAll().execute();
    await steps();
    await database.db.deleteFrom('account_lines').execute();
    if (rows.length > 0) await database.db.insertInto('account_lines').values(rows).execute();
  };

  it('stays the same while states come back, are repeated or get lost', async () => {
    await like(true);
    await line.noteArrival(ACCOUNT, undefined);
    const first = await line.raise(ACCOUNT);
    const second = await line.raise(ACCOUNT);
    for (const mark of [second, first, second]) await line.noteArrival(ACCOUNT, mark);
    for (let count = 0; count < 40; count += 1) await line.raise(ACCOUNT);
    await line.noteArrival(ACCOUNT, first);
    expect(causes()).toEqual([]);
    expect(await known()).toBe('confirmed');
  });

  it('breaks for one account when a number is higher than its own, and only once', async () => {
    await like(true);
    await like(true, OTHER);
    let ahead = '';
    await line.raise(ACCOUNT);
    await rewind(async () => {
      ahead = await line.raise(ACCOUNT);
    });
    await Promise.all([line.noteArrival(ACCOUNT, ahead), line.noteArrival(ACCOUNT, ahead)]);
    await line.noteArrival(ACCOUNT, ahead);
    expect(causes()).toEqual(['higher_number']);
    expect([await known(), await known(OTHER)]).toEqual(['restored', 'confirmed']);
    // The next state is higher than all that were handed out.
    await line.noteArrival(ACCOUNT, await line.raise(ACCOUNT));
    expect(causes()).toHaveLength(1);
  });

  it('hands out no mark that is not later than the one that arrived, and reports it', async () => {
    await line.raise(ACCOUNT);
    const arrived = await line.raise(ACCOUNT);
    await line.raise(ACCOUNT, arrived);
    expect(logs.events('invariant.broken')).toEqual([]);
    await database.db.updateTable('account_lines').set({ number: 1 }).execute();
    await expect(line.raise(ACCOUNT, arrived)).rejects.toBeInstanceOf(LedgerError);
    expect(logs.events('invariant.broken')).toMatchObject([{ rule: 'pull_number_rises' }]);
  });

  it('breaks when a copy that ran ahead gets the state of the other one', async () => {
    await line.raise(ACCOUNT);
    let other = '';
    await rewind(async () => {
      other = await line.raise(ACCOUNT);
    });
    for (let count = 0; count < 5; count += 1) await line.raise(ACCOUNT);
    await line.noteArrival(ACCOUNT, other);
    expect(causes()).toEqual(['other_name']);
  });

  it('breaks when a state names another ledger, once for each state', async () => {
    await like(true);
    const foreign = `${'x'.repeat(12)}.7.${'y'.repeat(8)}`;
    await line.noteArrival(ACCOUNT, foreign);
    await line.noteArrival(ACCOUNT, foreign);
    expect(causes()).toEqual(['unknown_ledger']);
    expect(await known()).toBe('restored');
  });

  it('knows a heart again after a click that no earlier like can overtake', async () => {
    await like(true);
    await line.breakAll('command');
    expect(await known()).toBe('restored');
    const early = await likes.begin(ACCOUNT, PHOTO, true);
    await likes.confirm(early);
    // A like of the lost ledger may still take effect.
    expect(await known()).toBe('pending');
    clock.advance(LATE_EFFECT_MS / 1000 + 1);
    expect(await known()).toBe('pending');
    await like(false);
    expect(await known()).toBe('confirmed');
  });

  it('does not trust a like that began before the break', async () => {
    const attempt = await likes.begin(ACCOUNT, PHOTO, true);
    await line.breakAll('command');
    await likes.confirm(attempt);
    expect(await known()).toBe('restored');
  });

  it('keeps its id and its break when it is opened again', async () => {
    await like(true);
    await line.raise(ACCOUNT);
    const { ledger } = await line.readStatus();
    await close();
    await open();
    expect(causes()).toEqual([]);
    expect(await known()).toBe('confirmed');
    await line.breakAll('command');
    await close();
    await open();
    expect(await line.readStatus()).toMatchObject({
      ledger,
      accounts: 1,
      brokenAt: expect.stringMatching(/Z$/),
      brokenAccounts: 0,
    });
    expect(await known()).toBe('restored');
  });

  const isSqlite = _ === 'SQLite';
  const cases: [string, () => void | Promise<void>, string][] = isSqlite
    ? [
        [
          'is behind the file beside it',
          () => {
            const { ledger } = JSON.parse(readFileSync(readLineFile(), 'utf8')) as Content;
            writeFileSync(readLineFile(), JSON.stringify({ ledger, number: 999 }));
          },
          'file_ahead',
        ],
        [
          'is beside the file of another ledger',
          () => {
            writeFileSync(readLineFile(), JSON.stringify({ ledger: 'other', number: 0 }));
          },
          'file_of_other_ledger',
        ],
        [
          'was moved without its file',
          () => {
            rmSync(readLineFile());
          },
          'file_missing',
        ],
      ]
    : [
        [
          'is on another server, timeline or table',
          async () => {
            await setIdentity('7000000000000000000/00000001/5.5');
          },
          'database_replaced',
        ],
      ];
  const readLineFile = (): string => `${database.file ?? ''}.line`;
  const setIdentity = async (identity: string): Promise<void> => {
    const again = new Database(settingsOf(url));
    await again.onModuleInit();
    await again.db.updateTable('ledger_line').set({ identity }).execute();
    await again.onApplicationShutdown();
  };

  it.each(cases)('breaks for all accounts when the database %s', async (__, change, cause) => {
    await like(true);
    await close();
    await change();
    await open();
    expect(causes()).toEqual([cause]);
    expect(await known()).toBe('restored');
    await close();
    await open();
    expect(causes()).toEqual([]);
  });

  if (isSqlite) {
    it('keeps a private file that never proves anything by being unreadable or old', async () => {
      await like(true);
      expect(statSync(readLineFile()).mode & 0o777).toBe(0o600);
      const old = readFileSync(readLineFile());
      await line.raise(ACCOUNT);
      for (const content of ['', '{"ledger":', old]) {
        await close();
        writeFileSync(readLineFile(), content);
        await open();
        expect(causes()).toEqual([]);
      }
      expect(await known()).toBe('confirmed');
      expect(existsSync(`${readLineFile()}.new`)).toBe(false);
    });
  } else {
    it('notices a replaced database with the next statement', async () => {
      await like(true);
      await database.db
        .updateTable('ledger_line')
        .set({ identity: '7000000000000000000/00000001/5.5' })
        .execute();
      // As if the server had restarted since.
      Object.assign(line, { place: 'another' });
      expect(await known()).toBe('restored');
      expect(causes()).toEqual(['database_replaced']);
    });

    it('notices a database that lacks a number which this process gave', async () => {
      await like(true);
      await line.raise(ACCOUNT);
      await rewind(() => line.raise(ACCOUNT));
      Object.assign(line, { place: 'another' });
      expect(await known()).toBe('restored');
      expect(causes()).toEqual(['database_behind']);
    });

    it.each(['readPulls', 'breakAll'] as const)(
      'still notices it after the database failed once (%s)',
      async (statement) => {
        await like(true);
        await line.raise(ACCOUNT);
        await rewind(() => line.raise(ACCOUNT));
        Object.assign(line, { place: 'another' });
        jest.spyOn(LineRows.prototype, statement).mockRejectedValueOnce(new Error('cut'));
        await expect(known()).rejects.toThrow('cut');
        jest.restoreAllMocks();
        expect(await known()).toBe('restored');
        expect(causes()).toEqual(['database_behind']);
      },
    );

    it('is compared although the time of the call that noticed it is up', async () => {
      await like(true);
      Object.assign(line, { place: 'another' });
      await expect(Deadline.run(new Deadline(0), () => line.compare())).resolves.toBeUndefined();
    });
  }
});

interface Content {
  ledger: string;
  number: number;
}
