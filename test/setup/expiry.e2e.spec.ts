import { describe, expect, it, jest } from '@jest/globals';
import { SealedNotes } from '../../src/credentials/sealed-notes.js';
import { Database } from '../../src/ledger/database/database.js';
import { form } from '../support/service.js';
import { expectNothingPosted, RETURN_URL, useSetup } from '../support/setup-fixture.js';
import { SetupPage } from '../support/setup-page.js';

const MINUTE_S = 60;
/** All that jest can fake, except intervals. */
const ALL_BUT_INTERVALS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;
/** The fields of all steps, so each step fails for the reason under test. */
const FIELDS = { name: 'x', threads: 'media', token: 'x', ig_user_id: '1' };
const PAGE_STEPS = ['log-in/continue', 'finish', 'token', 'account', 'trial'];

describe('a setup and its login expire', () => {
  const setup = useSetup();

  it('expires 30 minutes after the login’s start', async () => {
    const page = await setup.open();
    const callback = await setup.answerAtFacebook(page, 'olivia');
    setup.service.clock.advance(30 * MINUTE_S);
    const window = await setup.get(callback);
    expect([window.status, window.title]).toEqual([400, 'This login cannot be used']);
    expect(await setup.progress(page)).toEqual({ progress: 'gone' });
    for (const path of PAGE_STEPS) {
      const late = await setup.step(path, page, FIELDS);
      expect([late.status, late.text]).toEqual([
        400,
        expect.stringContaining('open for more than 30 minutes'),
      ]);
      expectNothingPosted(late);
    }
  });

  it('accepts a login after 29 minutes', async () => {
    const callback = await setup.answerAtFacebook(await setup.open(), 'olivia');
    setup.service.clock.advance(29 * MINUTE_S);
    expect((await setup.get(callback)).title).toBe('You are logged in');
  });

  it('expires after two hours, however often its pages are sent', async () => {
    let page = await setup.login(await setup.open(), 'olivia');
    for (let times = 0; times < 4; times += 1) {
      setup.service.clock.advance(29 * MINUTE_S);
      page = await setup.finish(page, { name: ' ' });
      expect(page.title).toBe('Instagram account @omniwear');
    }
    setup.service.clock.advance(4 * MINUTE_S);
    const late = await setup.finish(page);
    expect([late.status, late.text]).toEqual([400, expect.stringContaining('more than two hours')]);
    expectNothingPosted(late);
  });

  it.each([
    ['the start of another login', (page: SetupPage) => setup.step('log-in', page)],
    ['the timer', () => jest.advanceTimersByTimeAsync(MINUTE_S * 1000)],
  ])('deletes an expired login, at the latest by %s', async (_, trigger) => {
    await setup.service.stop();
    jest.useFakeTimers({ doNotFake: [...ALL_BUT_INTERVALS] });
    try {
      await setup.startService();
      await setup.finishLogin(await setup.open(), 'olivia');
      const { db } = setup.service.app.get(Database);
      const readIds = async (): Promise<string[]> =>
        (await db.selectFrom('pending_log_ins').select('id_hash').execute()).map(
          ({ id_hash }) => id_hash,
        );
      const [expired] = await readIds();
      expect(expired).toBeDefined();
      setup.service.clock.advance(30 * MINUTE_S);
      await trigger(await setup.open());
      expect(await readIds()).not.toContain(expired);
    } finally {
      jest.useRealTimers();
    }
  });

  it('asks to start again on a page that another version of the service sealed', async () => {
    const now = setup.service.clock.now();
    const earlier = {
      id: 'x',
      begunAt: now,
      language: 'en',
      subdomain: 'omniwear',
      returnUrl: RETURN_URL,
      name: '',
      state: '',
    };
    const notes = setup.service.app.get(SealedNotes);
    for (const note of [
      { setUp: earlier, at: now },
      { setup: earlier },
      { setup: null, at: now },
      { setup: [earlier], at: now },
      { setup: { ...earlier, begunAt: undefined }, at: now },
      { setup: { ...earlier, language: 'xx' }, at: now },
      { setup: { ...earlier, returnUrl: undefined }, at: now },
      { setup: { ...earlier, account: 'x' }, at: now },
      {},
      [],
    ]) {
      const set_up = await notes.seal('ig-set-up+jwe', note);
      for (const path of ['log-in', ...PAGE_STEPS]) {
        const body = form({ ...FIELDS, set_up });
        const page = new SetupPage(await setup.service.post(`/admin/${path}`, body));
        expect([page.status, page.text]).toEqual([
          400,
          expect.stringContaining('Open it again in Zendesk'),
        ]);
        expectNothingPosted(page);
      }
      const progress = await setup.service.post('/admin/log-in/progress', form({ set_up }));
      expect([progress.status, progress.json]).toEqual([200, { progress: 'gone' }]);
    }
  });
});
