import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { loadConfiguration } from '../src/config/index.js';
import { Database } from '../src/ledger/database/database.js';
import { LATE_EFFECT_MS } from '../src/ledger/likes/like-ledger.js';
import { firstState, readState, writeState } from '../src/pull/pull-state.js';
import { anAccount } from './support/account.js';
import { settingsOf } from './support/engines.js';
import { TEST_KEY } from './support/keys.js';

const NOW = Date.UTC(2026, 10, 26, 10);

describe('a SQLite database', () => {
  let directory: string;
  let database: Database;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'durable-'));
    database = new Database(settingsOf(`sqlite:${join(directory, 'channel.db')}`));
    await database.onModuleInit();
  });
  afterEach(async () => {
    await database.onApplicationShutdown();
    rmSync(directory, { recursive: true });
  });

  it('flushes each commit to the disk', async () => {
    const FULL = 2;
    const { rows } = await sql`pragma synchronous`.execute(database.db);
    expect(rows).toEqual([{ synchronous: FULL }]);
  });
});

describe('a lost like', () => {
  it('may take effect for a minute longer than the longest deadline', () => {
    const read = (PROXY_DEADLINE_MS: string): number =>
      loadConfiguration({
        PUBLIC_URL: 'https://channel.example',
        CREDENTIALS_KEYS: TEST_KEY,
        DATABASE_URL: 'sqlite::memory:',
        PROXY_DEADLINE_MS,
      }).proxyDeadlineMs;
    expect(read('60000')).toBe(60_000);
    expect(() => read('60001')).toThrow();
    expect(LATE_EFFECT_MS).toBeGreaterThanOrEqual(60_000 + 60_000);
  });
});

describe('a pull state', () => {
  it('loses its place when it would have more than the 5,000 characters of Zendesk', () => {
    const account = anAccount();
    const state = firstState(account, NOW);
    const cursors = { mediaAfter: 'm'.repeat(900), commentsAfter: 'c'.repeat(900) };
    const leftOut = { '17895695668004550': NOW };
    const short = writeState({ ...state, place: { startedAt: NOW, ...cursors, leftOut } });
    expect(readState(short, account.igUserId, NOW)?.place).toMatchObject(cursors);

    const mediaAfter = 'm'.repeat(5000);
    const long = writeState({ ...state, place: { startedAt: NOW, mediaAfter, leftOut } });
    expect(long.length).toBeLessThanOrEqual(5000);
    const read = readState(long, account.igUserId, NOW);
    expect(read).toEqual({ ...state, place: undefined });
  });
});
