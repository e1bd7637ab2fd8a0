import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../src/common/clock.js';
import { ConnectedAccounts } from '../src/ledger/connected-accounts.js';
import { Database } from '../src/ledger/database.js';
import { MetaUsers } from '../src/ledger/meta-users.js';
import { ENGINES, settingsOf, type TestEngine } from './support/engines.js';
import { type Run, runNode } from './support/run.js';

const OLIVIA = '122093311482000001';
const NOAH = '122093311482000002';

const command = (args: string[], environment = {}, input = ''): Promise<Run> =>
  runNode(['dist/cli/privacy.cli.js', ...args], environment, input);

describe.each(ENGINES)('the privacy command on %s', (name, startEngine) => {
  let engine: TestEngine;
  let url: string;
  let database: Database;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  const open = async (): Promise<void> => {
    database = new Database(settingsOf(url));
    await database.onModuleInit();
  };
  beforeEach(async () => {
    url = await engine.makeDatabase();
    await open();
    const people = new MetaUsers(database, new Clock());
    const accounts = new ConnectedAccounts(database, new Clock());
    for (const igUserId of ['1', '2', '3']) {
      await accounts.note({ igUserId, subdomain: 'omniwear' }, 'active', 0);
    }
    await people.connected(OLIVIA, '1');
    await people.connected(OLIVIA, '2');
    await people.connected(NOAH, '2');
    await people.connected(NOAH, '3');
    await database.onApplicationShutdown();
  });
  const deleteUsers = (input: string): Promise<Run> =>
    command(['delete-users'], { DATABASE_URL: url }, input);
  const accountsLeft = async (): Promise<string[]> => {
    await open();
    const left = await new ConnectedAccounts(database, new Clock()).list();
    await database.onApplicationShutdown();
    return left.map(({ igUserId }) => igUserId);
  };

  it('deletes what belongs to the people of a list, and says how many were known', async () => {
    const { code, stdout, stderr } = await deleteUsers(`\uFEFF${OLIVIA}\r\n\r\n999\n${OLIVIA}\n`);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toEqual([
      'ids: 2',
      'people who had connected accounts: 1',
      'accounts deleted: 1',
      'accounts kept, because another person connected them too: 1',
    ]);
    expect(await accountsLeft()).toEqual(['2', '3']);
    expect((await deleteUsers(NOAH)).code).toBe(0);
    expect(await accountsLeft()).toEqual([]);
  });

  it('deletes nothing where one line is no id, and names the line without its text', async () => {
    const { code, stderr } = await deleteUsers(`${OLIVIA}\nplanted-text\n`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('These lines are not ids: 2.')]);
    expect(stderr).not.toContain('planted');
    expect(await accountsLeft()).toEqual(['1', '2', '3']);
  });

  it('says that SQLite is in use while the service runs; PostgreSQL can be shared', async () => {
    await open();
    const { code, stderr } = await deleteUsers(OLIVIA);
    await database.onApplicationShutdown();
    expect(code).toBe(name === 'SQLite' ? 1 : 0);
    expect(stderr).toMatch(name === 'SQLite' ? /stop it first.*Nothing was deleted/ : /^$/);
    expect(await accountsLeft()).toEqual(name === 'SQLite' ? ['1', '2', '3'] : ['2', '3']);
  });
});

describe('the privacy command', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'privacy-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('does not make a database where there is none', async () => {
    const file = join(directory, 'missing.db');
    const run = await command(['delete-users'], { DATABASE_URL: `sqlite:${file}` }, OLIVIA);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('does not exist')]);
  });

  it.each([
    ['no command', [], ''],
    ['an unknown command', ['delete-all'], OLIVIA],
    ['an option that it does not have', ['delete-users', '--force'], OLIVIA],
    ['an empty list', ['delete-users'], '\n'],
  ])('refuses %s', async (_, args, input) => {
    expect((await command(args, {}, input)).code).toBe(2);
  });
});
