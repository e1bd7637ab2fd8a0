import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { OTHER_KEY, sealAsEarlier, TEST_KEY } from './support/keys.js';
import { type Run, runNode } from './support/run.js';

const TOKEN = 'EAAplantedUserTokenThatMustNotShow';
const KEYS = { CREDENTIALS_KEYS: TEST_KEY };
/** Text as random as a token, so it cannot be compressed. */
const randomText = (length: number): string =>
  randomBytes(length).toString('base64url').slice(0, length);

const metadata = (command: string[], environment = {}, input = ''): Promise<Run> =>
  runNode(['dist/cli/metadata.cli.js', ...command], environment, input);

describe('the metadata command', () => {
  it('makes a key, seals an account with it and opens it again', async () => {
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

  it('seals a full account into 1,500 of the 5,000 characters of Zendesk', async () => {
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

  it('rejects a seal that is too long for Zendesk', async () => {
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
    ['an unknown field', JSON.stringify({ ...OMNIWEAR_ACCOUNT, user_token: TOKEN, tokne: TOKEN })],
    ['a bad token', JSON.stringify({ ...OMNIWEAR_ACCOUNT, user_token: `${TOKEN} ${TOKEN}` })],
  ])('rejects %s without quoting it', async (_, input) => {
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
  ])('warns about an account that cannot like: %j', async (fields, warning) => {
    const input = JSON.stringify({ ...OMNIWEAR_ACCOUNT, ...fields });
    const { code, stdout, stderr } = await metadata(['seal'], KEYS, input);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^ey/),
      stderr: expect.stringMatching(warning),
    });
  });

  it('lists every problem of an account', async () => {
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

  it('does not seal an account without its Zendesk, because any Zendesk could use it', async () => {
    const { subdomain, ...account } = OMNIWEAR_ACCOUNT;
    const { code, stdout, stderr } = await metadata(['seal'], KEYS, JSON.stringify(account));
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'The account cannot be used:\n  - subdomain must be given: ' +
        `the Zendesk that the account is for, such as ${subdomain}\n`,
    });
  });

  it('opens a seal that the service no longer accepts', async () => {
    const sealed = await sealAsEarlier({ v: 1, ...OMNIWEAR_ACCOUNT });
    const keys = { ...KEYS, CREDENTIALS_NOT_BEFORE: '2026-01-01' };
    expect((await metadata(['open'], keys, sealed)).stdout).toContain('"username": "omniwear"');
  });

  it('does not open a seal of another key', async () => {
    const sealed = await metadata(['seal'], KEYS, JSON.stringify(OMNIWEAR_ACCOUNT));
    const { code, stderr } = await metadata(
      ['open'],
      { CREDENTIALS_KEYS: OTHER_KEY },
      sealed.stdout,
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/cannot open/) });
  });

  it('names the missing variable', async () => {
    const { code, stderr } = await metadata(['seal'], {}, '{}');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/CREDENTIALS_KEYS is not set/),
    });
  });

  it.each([[[]], [['help']], [['--help']], [['seal', '--reveal']], [['open', '--all']]])(
    'prints its usage for %j',
    async (command) => {
      const { code, stderr } = await metadata(command, KEYS);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/Usage: npm run/),
      });
    },
  );
});
