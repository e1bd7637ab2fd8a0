import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { OTHER_KEY, sealAsEarlier, TEST_KEY } from './support/keys.js';
import { type Run, runNode } from './support/run.js';

const TOKEN = 'EAAplantedUserTokenThatMustNotShow';
const KEYS = { CREDENTIALS_KEYS: TEST_KEY };
/** A text as irregular as a token. */
const randomText = (length: number): string =>
  randomBytes(length).toString('base64url').slice(0, length);

const metadata = (command: string[], environment = {}, input = ''): Promise<Run> =>
  runNode(['dist/cli/metadata.cli.js', ...command], environment, input);

describe('the metadata command', () => {
  it('makes a key that seals, and opens what it sealed', async () => {
    const key = await metadata(['keygen']);
    expect(key.stdout).toMatch(/^k[0-9a-f]{6}:[\w-]{43}\n$/);
    const keys = { CREDENTIALS_KEYS: key.stdout.trim() };
    const sealed = await metadata(['seal'], keys, JSON.stringify(OMNIWEAR_ACCOUNT));
    expect(sealed.stdout).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const opened = await metadata(['open'], keys, sealed.stdout);
    const connected_at = expect.stringMatching(/^20.*Z$/);
    const whole = { ...OMNIWEAR_ACCOUNT, connected_at, backfill_days: 7 };
    expect(JSON.parse(opened.stdout)).toEqual({
      ...whole,
      user_token: '[redacted]',
      page_token: '[redacted]',
    });
    const revealed = await metadata(['open', '--reveal'], keys, sealed.stdout);
    expect(JSON.parse(revealed.stdout)).toEqual(whole);
  });

  it('seals a full account into some 1,400 characters: Zendesk keeps 5,000', async () => {
    const account = {
      ...OMNIWEAR_ACCOUNT,
      user_token: randomText(220),
      page_token: randomText(220),
      scopes: [
        'instagram_basic',
        'pages_show_list',
        'pages_read_engagement',
        'pages_read_user_content',
        'pages_manage_metadata',
        'instagram_manage_comments',
        'instagram_manage_engagement',
        'instagram_manage_messages',
        'business_management',
      ],
      expires_at: '2027-01-20T00:00:00Z',
    };
    const { stdout } = await metadata(['seal'], KEYS, JSON.stringify(account));
    expect(stdout.trim().length).toBeLessThan(1500);
  });

  it('refuses a seal that Zendesk would not keep', async () => {
    const longest = { user_token: randomText(3000), page_token: randomText(3000) };
    const input = JSON.stringify({ ...OMNIWEAR_ACCOUNT, ...longest });
    const { code, stderr } = await metadata(['seal'], KEYS, input);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/has \d+ characters; Zendesk keeps 5000/),
    });
  });

  it.each([
    ['no JSON', TOKEN],
    ['cut JSON', `{"user_token":"${TOKEN}"`],
    ['a list', `["${TOKEN}"]`],
    ['missing fields', `{"user_token":"${TOKEN}"}`],
    ['a field too many', JSON.stringify({ ...OMNIWEAR_ACCOUNT, user_token: TOKEN, tokne: TOKEN })],
    ['a bad token', JSON.stringify({ ...OMNIWEAR_ACCOUNT, user_token: `${TOKEN} ${TOKEN}` })],
  ])('refuses %s, without quoting it', async (_, input) => {
    const { code, stdout, stderr } = await metadata(['seal'], KEYS, input);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.length).toBeGreaterThan(10);
    expect(stderr.includes(TOKEN)).toBe(false);
  });

  it.each<[object, RegExp]>([
    [{ dialect: 'instagram_login' }, /^Warning: .*Facebook Login only\.\n$/],
    [{ scopes: ['instagram_basic'] }, /^Warning: .*lack instagram_manage_engagement\.\n$/],
    [{ expires_at: '2026-01-01' }, /^Warning: .*expires_at has passed\.\n$/],
    [{}, /^$/],
  ])('warns of an account that cannot like: %j', async (fields, warning) => {
    const input = JSON.stringify({ ...OMNIWEAR_ACCOUNT, ...fields });
    const { code, stdout, stderr } = await metadata(['seal'], KEYS, input);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^ey/),
      stderr: expect.stringMatching(warning),
    });
  });

  it('lists every fault of an account', async () => {
    const { stderr } = await metadata(['seal'], KEYS, '{"ig_user_id":5}');
    for (const field of [
      'dialect',
      'ig_user_id',
      'username',
      'user_token',
      'scopes',
      'subdomain',
    ]) {
      expect(stderr).toContain(`- ${field} must`);
    }
  });

  it('does not seal an account without its Zendesk: the seal could be used at any', async () => {
    const { subdomain, ...account } = OMNIWEAR_ACCOUNT;
    const { code, stdout, stderr } = await metadata(['seal'], KEYS, JSON.stringify(account));
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `The account cannot be used:\n  - subdomain must be given: the Zendesk that the account is for, such as ${subdomain}\n`,
    });
  });

  it('opens a seal that the service does not open any more', async () => {
    const sealed = await sealAsEarlier({ v: 1, ...OMNIWEAR_ACCOUNT });
    const keys = { ...KEYS, CREDENTIALS_NOT_BEFORE: '2026-01-01' };
    expect((await metadata(['open'], keys, sealed)).stdout).toContain('"username": "omniwear"');
  });

  it('does not open what another key sealed', async () => {
    const sealed = await metadata(['seal'], KEYS, JSON.stringify(OMNIWEAR_ACCOUNT));
    const { code, stderr } = await metadata(
      ['open'],
      { CREDENTIALS_KEYS: OTHER_KEY },
      sealed.stdout,
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/cannot open/) });
  });

  it('names the variable that is missing', async () => {
    const { code, stderr } = await metadata(['seal'], {}, '{}');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/CREDENTIALS_KEYS is not set/),
    });
  });

  it.each([[[]], [['help']], [['--help']], [['seal', '--reveal']], [['open', '--all']]])(
    'shows its usage for %j',
    async (command) => {
      const { code, stderr } = await metadata(command, KEYS);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/Usage: npm run/),
      });
    },
  );
});
