import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { Deadline } from '../../src/common/deadline.js';
import { StepDeadlines } from '../../src/setup/step-deadlines.js';
import { useSetup } from '../support/setup-fixture.js';
import type { SetupPage } from '../support/setup-page.js';

const DEADLINE_MS = 1500;
/** For everything but the calls to Meta. */
const OVERHEAD_MS = 5000;

describe('the deadline of a step', () => {
  const setup = useSetup();
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Runs a step with a short deadline and checks that it ends in time. */
  const runInTime = async (step: () => Promise<SetupPage>): Promise<SetupPage> => {
    jest
      .spyOn(setup.service.app.get(StepDeadlines), 'start')
      .mockImplementation(() => new Deadline(DEADLINE_MS));
    const startedAt = performance.now();
    const page = await step();
    expect(performance.now() - startedAt).toBeLessThan(DEADLINE_MS + OVERHEAD_MS);
    return page;
  };
  /** The next call with this path leaves little time for the rest of the step. */
  const slowDown = (path: string): void => {
    const fault = { kind: 'delay', ms: DEADLINE_MS - 500 } as const;
    setup.instagram.faults.arm({ fault, times: 1, path });
  };
  const hang = (path: string): void => {
    setup.instagram.faults.arm({ fault: { kind: 'hang' }, times: 1, path });
  };

  it('covers a login and the check after it', async () => {
    const page = await setup.open();
    const { confirmation } = await setup.finishLogin(page, 'olivia');
    slowDown('/oauth/access_token');
    hang(`/${OMNIWEAR.igUserId}`);
    const account = await runInTime(() => setup.step('log-in/continue', page, { confirmation }));
    expect(account.title).toBe('Instagram account @omniwear');
    expect(await setup.save(account)).not.toBe('');
  });

  it('covers a failed login of an edited account and the check after it', async () => {
    const page = await setup.open({ metadata: setup.service.metadata });
    const { confirmation } = await setup.finishLogin(page, 'olivia');
    hang('/oauth/access_token');
    hang('/debug_token');
    const account = await runInTime(() => setup.step('log-in/continue', page, { confirmation }));
    expect(account.text).toContain('Meta did not answer in time');
    expect(account.text).toContain('cannot be checked right now');
    expect(await setup.save(account)).not.toBe('');
  });

  it('covers a trial and the check after it', async () => {
    const page = await setup.open({ metadata: setup.service.metadata });
    slowDown('/likes');
    hang('/debug_token');
    const account = await runInTime(() => setup.step('trial', page));
    expect(account.text).toContain('It worked');
    expect(account.text).toContain('cannot be checked right now');
  });
});
