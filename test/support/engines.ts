import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type Configuration, loadConfiguration } from '../../src/config/index.js';
import { Database } from '../../src/ledger/database/database.js';
import { TEST_KEY } from './keys.js';
import { TestPostgres } from './postgres.js';

/** For the start of PostgreSQL on a busy machine. */
const START_MAX_MS = 60_000;

/** One of the two database engines of the ledger. */
export interface TestEngine {
  /** Makes an empty database and returns its `DATABASE_URL`. */
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

/** The settings that a `Database` needs. */
export function settingsOf(url: string): Pick<Configuration, 'database' | 'proxyDeadlineMs'> {
  return loadConfiguration({
    PUBLIC_URL: 'https://channel.example',
    CREDENTIALS_KEYS: TEST_KEY,
    DATABASE_URL: url,
  });
}

/** An engine that runs while the tests of a `describe` do. */
export function useEngine(
  startEngine: () => Promise<TestEngine>,
): Pick<TestEngine, 'makeDatabase'> {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
  }, START_MAX_MS);
  afterAll(() => engine.stop());
  return { makeDatabase: () => engine.makeDatabase() };
}

/** One database for all tests of a `describe`; the function returns it while they run. */
export function sharedDatabase(startEngine: () => Promise<TestEngine>): () => Database {
  const engine = useEngine(startEngine);
  let database: Database;
  beforeAll(async () => {
    database = new Database(settingsOf(await engine.makeDatabase()));
    await database.onModuleInit();
  });
  afterAll(() => database.onApplicationShutdown());
  return () => database;
}
