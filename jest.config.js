import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { URL } from 'node:url';

/** Like the build, Jest compiles TypeScript to ES modules with SWC. */
const { jsc } = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));
const swc = { jsc, module: { type: 'es6' }, sourceMaps: 'inline', swcrc: false };

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
