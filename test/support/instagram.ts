import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { TestInstagram } from './test-instagram.js';

export * from './test-instagram.js';

/** Whether a fixture is started once for a `describe` or again for each test. */
export type Lifetime = 'describe' | 'test';

/** Runs `start` before and `stop` after each test, or once around the `describe`. */
export function around(
  lifetime: Lifetime,
  start: () => Promise<void>,
  stop: () => Promise<void>,
): void {
  const [before, after] = lifetime === 'test' ? [beforeEach, afterEach] : [beforeAll, afterAll];
  before(start);
  after(stop);
}

/** The Instagram stand-in alone. */
export function useInstagram({ per = 'describe' }: { per?: Lifetime } = {}): TestInstagram {
  const instagram = new TestInstagram();
  around(
    per,
    () => instagram.start(),
    () => instagram.stop(),
  );
  return instagram;
}
