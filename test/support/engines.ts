import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type Configuration, loadConfiguration } from '../../src/config/index.js';
import { Database } from '../../src/ledger/database.js';
import { TEST_KEY } from './keys.js';
import { TestPostgres } from './postgres.js';

/** One of the two engines that the ledger runs on. */
export interface TestEngine {
  /** Where an empty database is, as `DATABASE_URL` has it. */
  makeDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Both engines, for `describe.each`. */
export const ENGINES: readonly (readonly [string, () => Promise<TestEngine>])[] = [
  ['SQLite', startSqlite],
  ['PostgreSQL', () => TestPostgres.start()],
];

function startSqlite(): Promise<TestEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-'));
  let count = 0;
  return Promise.resolve({
    makeDatabase: () => {
      count += 1;
      return Promise.resolve(`sqlite:${join(directory, `made-${String(count)}`, 'channel.db')}`);
    },
    stop: () => {
      rmSync(directory, { recursive: true });
      return Promise.resolve();
    },
  });
}

/** What a `Database` is made with. */
export function settingsOf(url: string): Pick<Configuration, 'database' | 'proxyDeadlineMs'> {
  return loadConfiguration({
    PUBLIC_URL: 'https://channel.example',
    CREDENTIALS_KEYS: TEST_KEY,
    DATABASE_URL: url,
  });
}

/** One database for all tests of a `describe`; the function returns it while they run. */
export function sharedDatabase(startEngine: () => Promise<TestEngine>): () => Database {
  let engine: TestEngine;
  let database: Database;
  beforeAll(async () => {
    engine = await startEngine();
    database = new Database(settingsOf(await engine.makeDatabase()));
    await database.onModuleInit();
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await engine.stop();
  });
  return () => database;
}
