import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { form } from '../support/service.js';
import { expectWindow, useSetup } from '../support/setup-fixture.js';
import { SetupPage } from '../support/setup-page.js';

describe('starting a login', () => {
  const setup = useSetup();

  it('names the Zendesk before and after Facebook, and requires one click', async () => {
    const page = await setup.open();
    const before = await setup.step('log-in', page);
    expect(before.title).toBe('Connect Instagram with omniwear.zendesk.com');
    expect(before.html).not.toContain('http-equiv');
    const script = before.assets.find((path) => path.endsWith('.js')) ?? '';
    expect((await setup.get(script)).html).not.toMatch(/move-on/);
    const after = await setup.finishLogin(page, 'olivia');
    expect(after.text).toContain('Your login is for omniwear.zendesk.com');
    expect(after.text).toContain('in the Admin Center of omniwear.zendesk.com');
  });

  it('never frames the login window or reveals its address', async () => {
    const page = await setup.open();
    expectWindow(await setup.step('log-in', page));
    expectWindow(new SetupPage(await setup.service.post('/admin/log-in', form({ set_up: 'x' }))));
    expectWindow(await setup.finishLogin(page, 'olivia'));
  });

  it('accepts a login although many others were started', async () => {
    const page = await setup.open();
    const { confirmation } = await setup.finishLogin(page, 'olivia');
    const flood = await setup.open({
      subdomain: 'flood',
      return_url: 'https://flood.zendesk.com/x',
    });
    for (let times = 0; times < 300; times += 1) {
      const again = times % 3 === 0 ? flood : await setup.open();
      expect((await setup.step('log-in', again)).status).toBe(200);
    }
    const done = await setup.step('log-in/continue', page, { confirmation });
    expect(done.title).toBe('Instagram account @omniwear');
  });

  it('requests the configuration of Facebook Login for Business if one is set', async () => {
    await setup.restartService({ META_LOGIN_CONFIG_ID: '4711' });
    const { searchParams } = (await setup.step('log-in', await setup.open())).dialog;
    expect([searchParams.get('config_id'), searchParams.get('scope')]).toEqual(['4711', null]);
    const page = await setup.login(await setup.open(), 'olivia');
    expect(page.title).toBe('Instagram account @omniwear');
  });

  it('is not offered without a Meta app', async () => {
    await setup.restartService({ META_APP_ID: '', META_APP_SECRET: '' });
    const page = await setup.open();
    expect(page.text).toContain('META_APP_ID and META_APP_SECRET');
    expect(page.html).not.toContain('id="log-in"');
    const checked = await setup.step('token', page, { token: OMNIWEAR.token });
    expect(checked.obstacles).toMatchObject({ like: '' });
  });
});
