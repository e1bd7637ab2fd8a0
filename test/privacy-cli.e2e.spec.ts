import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../src/common/clock.js';
import { ConnectedAccounts } from '../src/ledger/accounts/connected-accounts.js';
import { Database } from '../src/ledger/database/database.js';
import { MetaUsers } from '../src/ledger/accounts/meta-users.js';
import { ENGINES, settingsOf, useEngine } from './support/engines.js';
import { type Run, runNode } from './support/run.js';

const OLIVIA = '122093311482000001';
const NOAH = '122093311482000002';

const command = (args: string[], environment = {}, input = ''): Promise<Run> =>
  runNode(['dist/cli/privacy.cli.js', ...args], environment, input);

describe.each(ENGINES)('the privacy command on %s', (name, startEngine) => {
  const engine = useEngine(startEngine);
  let url: string;
  let database: Database;
  const open = async (): Promise<void> => {
    database = new Database(settingsOf(url));
    await database.onModuleInit();
  };
  beforeEach(async () => {
    url = await engine.makeDatabase();
    await open();
    const metaUsers = new MetaUsers(database);
    const accounts = new ConnectedAccounts(database, new Clock());
    for (const igUserId of ['1', '2', '3']) {
      await accounts.note({ igUserId, subdomain: 'omniwear' }, 'active', 0);
    }
    await metaUsers.remember(OLIVIA, '1');
    await metaUsers.remember(OLIVIA, '2');
    await metaUsers.remember(NOAH, '2');
    await metaUsers.remember(NOAH, '3');
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

  it('deletes the data of the people in a list and prints the counts', async () => {
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

  it('deletes nothing when a line is no id, and names the line without quoting it', async () => {
    const { code, stderr } = await deleteUsers(`${OLIVIA}\nplanted-text\n`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('These lines are not ids: 2.')]);
    expect(stderr).not.toContain('planted');
    expect(await accountsLeft()).toEqual(['1', '2', '3']);
  });

  it('reports that SQLite is in use while the service runs, but can share PostgreSQL', async () => {
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

  it('does not create a missing database', async () => {
    const file = join(directory, 'missing.db');
    const run = await command(['delete-users'], { DATABASE_URL: `sqlite:${file}` }, OLIVIA);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('does not exist')]);
  });

  it.each([
    ['no command', [], ''],
    ['an unknown command', ['delete-all'], OLIVIA],
    ['an unknown option', ['delete-users', '--force'], OLIVIA],
    ['an empty list', ['delete-users'], '\n'],
  ])('rejects %s', async (_, args, input) => {
    expect((await command(args, {}, input)).code).toBe(2);
  });
});
