import { beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../src/common/clock.js';
import { Database } from '../src/ledger/database/database.js';
import { LikeLedger } from '../src/ledger/likes/like-ledger.js';
import { ENGINES, settingsOf, useEngine } from './support/engines.js';
import { type Run, runNode } from './support/run.js';

const command = (args: string[], environment = {}): Promise<Run> =>
  runNode(['dist/cli/ledger.cli.js', ...args], environment);

describe.each(ENGINES)('the ledger command on %s', (name, startEngine) => {
  const engine = useEngine(startEngine);
  let url: string;
  let database: Database;
  const open = async (): Promise<LikeLedger> => {
    database = new Database(settingsOf(url));
    await database.onModuleInit();
    return new LikeLedger(database, new Clock());
  };
  const knows = async (): Promise<string | undefined> => {
    const [state] = await (await open()).states('1', [{ kind: 'media', id: '5' }]);
    await database.onApplicationShutdown();
    return state?.known;
  };
  beforeEach(async () => {
    url = await engine.makeDatabase();
    const likes = await open();
    await likes.confirm(await likes.begin('1', { kind: 'media', id: '5' }, true));
    await database.onApplicationShutdown();
  });

  it('shows the ledger, and records that it was restored', async () => {
    const before = await command(['status'], { DATABASE_URL: url });
    expect([before.code, before.stderr]).toEqual([0, '']);
    expect(before.stdout).toMatch(/^ledger: [\w-]{12}\n.*: 0\n.*: never\n.*: 0\n$/);
    expect(await knows()).toBe('confirmed');
    const after = await command(['restored'], { DATABASE_URL: url });
    expect([after.code, after.stderr]).toEqual([0, '']);
    expect(after.stdout).toMatch(/^restored, for all accounts: \d{4}-.*Z$/m);
    expect(await knows()).toBe('restored');
  });

  it('explains wrong arguments', async () => {
    for (const args of [[], ['restore'], ['status', 'restored'], ['--force']]) {
      const { code, stderr } = await command(args, { DATABASE_URL: url });
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).toContain('Usage:');
    }
    expect(await knows()).toBe('confirmed');
  });

  if (name === 'SQLite') {
    it('says that the service must be stopped first', async () => {
      await open();
      const { code, stderr } = await command(['restored'], { DATABASE_URL: url });
      await database.onApplicationShutdown();
      expect(code).toBe(1);
      expect(stderr).toContain('stop it first');
      expect(await knows()).toBe('confirmed');
    });
  }
});
