import { statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';

/** Linux keeps this folder in memory. Containers often give it 64 MB. */
const MEMORY_FOLDER = '/dev/shm';
const ENOUGH_BYTES = 4 * 2 ** 30;
// The tests commit thousands of times, and each commit waits for a disk.
if (process.env.TMPDIR === undefined && freeBytes(MEMORY_FOLDER) >= ENOUGH_BYTES) {
  process.env.TMPDIR = MEMORY_FOLDER;
}

function freeBytes(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

export default {
  runtime: '<rootDir>/test/support/jest/runtime.js',
  testEnvironment: '<rootDir>/test/support/jest/environment.js',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/zendesk-app/src'],
  testMatch: ['**/*.spec.ts'],
  // The runtime compiles TypeScript.
  transform: {},
  // Two files at a time even on two cores: many tests wait for other processes.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // A test that starts PostgreSQL and the service takes that long on a busy machine.
  testTimeout: 60_000,
  reporters: [
    'default',
    ...(process.env.CI ? ['<rootDir>/test/support/no-skips.reporter.js'] : []),
  ],
};
