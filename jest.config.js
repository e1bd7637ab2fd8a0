import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { URL } from 'node:url';

/** Like the build, Jest compiles TypeScript to ES modules with SWC. */
const { jsc } = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));
const swc = {
  // Node requires the type of a JSON import.
  jsc: { ...jsc, experimental: { ...jsc.experimental, keepImportAttributes: true } },
  module: { type: 'es6' },
  sourceMaps: 'inline',
  swcrc: false,
};

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
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/zendesk-app/src'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Two files at a time even on two cores: many tests wait for other processes.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  testTimeout: 20_000,
  reporters: [
    'default',
    ...(process.env.CI ? ['<rootDir>/test/support/no-skips.reporter.js'] : []),
  ],
};
