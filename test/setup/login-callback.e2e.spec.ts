import { describe, expect, it } from '@jest/globals';
import { expectNothingPosted, expectWindow, useSetup } from '../support/setup-fixture.js';

const CALLBACK = '/admin/log-in/callback';

describe('the callback from Facebook', () => {
  const setup = useSetup();

  it('reports a refusal and lets the admin start again', async () => {
    const page = await setup.open();
    const window = await setup.finishLogin(page, '');
    expect(window.title).toBe('You are not logged in');
    expectNothingPosted(window);
    expect(await setup.progress(page)).toEqual({ progress: 'refused' });
    const refused = await setup.step('log-in/continue', page);
    expect(refused.text).toContain('Access was refused');
    expectNothingPosted(refused);
    expect((await setup.login(refused, 'olivia')).title).toBe('Instagram account @omniwear');
  });

  it('shows the same code for a repeated answer', async () => {
    const page = await setup.open();
    const callback = await setup.answerAtFacebook(page, 'olivia');
    const head = await setup.service.app.inject({ method: 'HEAD', url: callback });
    expect(head.statusCode).toBe(404);
    expect(await setup.progress(page)).toEqual({ progress: 'open' });
    const windows = await Promise.all([1, 2, 3].map(() => setup.get(callback)));
    windows.push(await setup.get(callback));
    expect(windows.map(({ title }) => title)).toEqual(Array(4).fill('You are logged in'));
    expect(new Set(windows.map(({ confirmation }) => confirmation)).size).toBe(1);
    const forged = await setup.get(callback.replace(/code=[^&]*/, 'code=AQforged'));
    expect([forged.status, forged.title]).toEqual([400, 'This login cannot be used']);
    const { confirmation = '' } = windows[0] ?? {};
    await setup.step('log-in/continue', page, { confirmation });
    const reused = await setup.step('log-in/continue', page, { confirmation });
    expect(reused.text).toContain('has already been used');
    expectNothingPosted(reused);
    const late = await setup.get(callback);
    expect([late.status, late.text]).toEqual([400, expect.stringContaining('is done or no')]);
    expect(late.confirmation).toBe('');
  });

  it.each([
    ['error_code=1349187', 'reported error 1349187'],
    ['error_code=200&error=access_denied', 'You did not grant access'],
    ['error=access_denied', 'You did not grant access'],
    ['code=', 'You did not grant access'],
  ])('reports Facebook’s refusal for %s', async (query, text) => {
    const page = await setup.open();
    const { dialog } = await setup.step('log-in', page);
    const state = dialog.searchParams.get('state') ?? '';
    const callback = `${CALLBACK}?${query}&error_message=%3Cb%3Eplanted&state=${state}`;
    for (let times = 0; times < 2; times += 1) {
      const window = await setup.get(callback);
      expect([window.status, window.text]).toEqual([400, expect.stringContaining(text)]);
      expect(window.html).not.toContain('planted');
    }
    expect(await setup.progress(page)).toEqual({ progress: 'refused' });
  });

  it.each([
    ['a forged state', `${CALLBACK}?code=AQx&state=forged`],
    ['no state', `${CALLBACK}?code=AQx`],
    ['two states', `${CALLBACK}?code=AQx&state=a&state=b`],
    ['no query', CALLBACK],
    ['a hostile state', `${CALLBACK}?code=1&state=${encodeURIComponent('<script>x')}`],
    ['a long state', `${CALLBACK}?code=1&state=${'x'.repeat(2000)}`],
    ['a prototype', `${CALLBACK}?code=1&__proto__[state]=x&constructor=1`],
  ])('rejects %s', async (_, path) => {
    const window = await setup.get(path);
    expect(window.status).toBe(400);
    expect(window.html).not.toContain('<script>x');
    expectNothingPosted(window);
    expect(setup.instagram.seen).toEqual([]);
  });

  it.each([
    ['no state', 'code=AQplanted'],
    ['a long state', `code=AQplanted&state=${'x'.repeat(65)}`],
    ['two codes', 'code=AQplanted&code=AQother&state=x'],
    ['a forged state', 'code=AQplanted&state=forged'],
  ])('answers in the window, under its policy, for %s', async (_, query) => {
    expectWindow(await setup.get(`${CALLBACK}?${query}`));
  });
});
