import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadConfiguration } from './load-configuration.js';
import { StartupError } from '../common/errors/startup-error.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const makeKey = (seed: string): string => createHash('sha256').update(seed).digest('base64url');
const KEY = makeKey('one');
/** The other spellings of the same 32 bytes: the last letter has two spare bits. */
const respell = (key: string): string[] =>
  Array.from(ALPHABET)
    .map((last) => `${key.slice(0, -1)}${last}`)
    .filter((text) => text !== key)
    .filter((text) => Buffer.from(text, 'base64url').equals(Buffer.from(key, 'base64url')));
const GOOD = { PUBLIC_URL: 'https://channel.example', CREDENTIALS_KEYS: `a:${KEY}` };

/** The errors of an otherwise good environment. */
const readErrors = (environment: Record<string, string>): readonly string[] => {
  try {
    loadConfiguration({ ...GOOD, ...environment });
    return [];
  } catch (error) {
    if (error instanceof StartupError) return error.faults;
    throw error;
  }
};

describe('loadConfiguration', () => {
  it('has defaults for all settings except PUBLIC_URL and CREDENTIALS_KEYS', () => {
    const configuration = loadConfiguration(GOOD);
    expect(Object.isFrozen(configuration)).toBe(true);
    expect(configuration).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'https://channel.example',
      tls: undefined,
      credentialsPlaintext: false,
      credentialsNotBefore: undefined,
      openedAccountsMax: 10_000,
      database: { engine: 'sqlite', file: 'data/channel.db' },
      instagramGraphUrl: 'https://graph.facebook.com',
      instagramGraphVersion: 'v26.0',
      instagramMaxConnections: 1000,
      metaAppId: undefined,
      metaAppSecret: undefined,
      metaLoginConfigId: undefined,
      facebookDialogUrl: 'https://www.facebook.com',
      zendeskLoopbackOrigin: undefined,
      allowedActions: new Set(['hide', 'delete', 'private_reply']),
      proxyDeadlineMs: 8000,
      pullBudgetMs: 40_000,
      shutdownDelayMs: 3000,
      trustProxy: false,
      docs: true,
      logLevel: 'info',
    });
  });

  describe('and the documents about it', () => {
    /** The names of all variables that it reads. */
    const readNames = (): string[] => {
      const names = new Set<string>();
      const environment = new Proxy<NodeJS.ProcessEnv>(GOOD, {
        get(target, name: string) {
          names.add(name);
          return target[name];
        },
      });
      loadConfiguration(environment);
      return [...names];
    };
    const example = readFileSync('.env.example', 'utf8');
    const settings = [...example.matchAll(/^(?:# )?([A-Z][A-Z_]+)=(.*)$/gm)].map(
      ([, name = '', value = '']) => [name, value] as const,
    );

    it('reads no variable that docs/operations.md does not explain', () => {
      const operations = readFileSync('docs/operations.md', 'utf8');
      expect(readNames().length).toBeGreaterThan(20);
      expect(readNames().filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
    });

    it('reads exactly the variables of .env.example', () => {
      expect(settings.map(([name]) => name).sort()).toEqual(readNames().sort());
    });

    it('has the defaults that .env.example shows', () => {
      const required = ['PUBLIC_URL', 'CREDENTIALS_KEYS'];
      const unset = [
        ...['CREDENTIALS_NOT_BEFORE', 'METRICS_PORT'],
        ...['ZENDESK_LOOPBACK_ORIGIN', 'DOCS_EXAMPLE_METADATA'],
      ];
      const defaults = settings.filter(
        ([name]) =>
          ![...required, ...unset].includes(name) && !/_FILE$|^META_(?!EXTRA_SCOPES)/.test(name),
      );
      expect(defaults.length).toBeGreaterThan(14);
      const environment = { ...Object.fromEntries(defaults), ...GOOD };
      const load = (settings: Record<string, string>): [string, unknown][] =>
        Object.entries(loadConfiguration(settings)).filter(([key]) => key !== 'doubtfulSettings');
      expect(load(environment)).toEqual(load(GOOD));
    });
  });

  it('treats an empty variable as unset', () => {
    expect(loadConfiguration({ ...GOOD, PORT: '', META_APP_SECRET: ' ' }).port).toBe(3000);
  });

  it.each<[string, string[]]>([
    ['none', []],
    ['hide', ['hide']],
    ['private_reply, delete', ['private_reply', 'delete']],
    ['', ['hide', 'delete', 'private_reply']],
  ])('allows the actions that ALLOWED_ACTIONS=%s lists', (text, actions) => {
    const { allowedActions } = loadConfiguration({ ...GOOD, ALLOWED_ACTIONS: text });
    expect([...allowedActions]).toEqual(actions);
  });

  it.each(['Hide', 'hide;delete', 'hide,', 'none,hide', 'all'])(
    'refuses ALLOWED_ACTIONS=%s',
    (text) => {
      expect(readErrors({ ALLOWED_ACTIONS: text })).toEqual([
        expect.stringMatching(/^ALLOWED_ACTIONS must be none, or a comma-separated list of: hide/),
      ]);
    },
  );

  it('serves no Swagger UI in production unless DOCS is on', () => {
    expect(loadConfiguration({ ...GOOD, NODE_ENV: 'production' }).docs).toBe(false);
    expect(loadConfiguration({ ...GOOD, NODE_ENV: 'production', DOCS: 'on' }).docs).toBe(true);
  });

  it('opens with every key and seals with the first', () => {
    const { credentialsKeys } = loadConfiguration({
      ...GOOD,
      CREDENTIALS_KEYS: `new:${KEY}, old:${makeKey('two')}`,
    });
    expect(credentialsKeys.map(({ kid }) => kid)).toEqual(['new', 'old']);
    expect(JSON.stringify(credentialsKeys).includes(KEY)).toBe(false);
  });

  it.each([
    ['https://channel.example/', 'https://channel.example'],
    ['https://channel.example:8443', 'https://channel.example:8443'],
  ])('accepts PUBLIC_URL %s', (text, origin) => {
    expect(loadConfiguration({ ...GOOD, PUBLIC_URL: text }).publicUrl).toBe(origin);
  });

  it.each([
    ['http://127.0.0.1:4001'],
    ['http://localhost:4001/'],
    ['http://[::1]:4001'],
    ['https://graph.example/base/'],
  ])('accepts INSTAGRAM_GRAPH_URL %s', (INSTAGRAM_GRAPH_URL) => {
    expect(readErrors({ INSTAGRAM_GRAPH_URL })).toEqual([]);
    const { instagramGraphUrl } = loadConfiguration({ ...GOOD, INSTAGRAM_GRAPH_URL });
    expect(instagramGraphUrl).not.toMatch(/\/$/);
  });

  it.each([
    ['postgres://me:pass@127.0.0.1/channel', undefined],
    ['postgres://me@%2Fvar%2Frun%2Fpostgresql/channel', undefined],
    ['postgresql://me:pass@db.example:6432/channel', { ca: undefined }],
    ['postgres://me:pass@db.example/channel?sslmode=require', { ca: undefined }],
    ['postgres://me:pass@127.0.0.1/channel?sslmode=verify-full', { ca: undefined }],
    ['postgres://me:pass@db.example/channel?sslmode=disable', undefined],
    [
      'postgres://me:pass@db.example/channel?sslrootcert=package.json',
      { ca: expect.stringContaining('{') },
    ],
  ])('accepts DATABASE_URL %s, and verifies TLS unless the host is this machine', (url, tls) => {
    const { database } = loadConfiguration({ ...GOOD, DATABASE_URL: url });
    expect(database).toMatchObject({ engine: 'postgres', tls });
    expect(JSON.stringify(database).includes('pass')).toBe(false);
    if (database.engine === 'postgres') expect(database.url.reveal()).toBe(url.split('?')[0]);
  });

  it.each([
    ['off', false],
    ['2', 2],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
  ])('accepts TRUST_PROXY %s', (TRUST_PROXY, expected) => {
    expect(loadConfiguration({ ...GOOD, TRUST_PROXY }).trustProxy).toEqual(expected);
  });

  it.each([
    ['PUBLIC_URL', 'channel.example'],
    ['PUBLIC_URL', 'http://channel.example'],
    ['PUBLIC_URL', 'https://channel.example/instagram'],
    ['PUBLIC_URL', 'https://channel.example/?a=b'],
    ['PUBLIC_URL', 'https://user@channel.example'],
    ['CREDENTIALS_KEYS', KEY],
    ['CREDENTIALS_KEYS', `a:${KEY.slice(2)}`],
    ['CREDENTIALS_KEYS', `a:${KEY},a:${KEY}`],
    ['CREDENTIALS_KEYS', `a:${KEY},`],
    ['CREDENTIALS_KEYS', `a b:${KEY}`],
    ['CREDENTIALS_KEYS', `${'a'.repeat(17)}:${KEY}`],
    ['CREDENTIALS_KEYS', `a:${KEY}=`],
    ['CREDENTIALS_PLAINTEXT', 'yes'],
    ['CREDENTIALS_NOT_BEFORE', 'yesterday'],
    ['CREDENTIALS_NOT_BEFORE', '2026-01-20T09:00:00'],
    ['CREDENTIALS_NOT_BEFORE', '2026-02-30'],
    ['CREDENTIALS_NOT_BEFORE', '2026-01-20T25:00:00Z'],
    ['CREDENTIALS_NOT_BEFORE', '1700000000000'],
    ['CREDENTIALS_NOT_BEFORE', '-1'],
    ['CREDENTIALS_NOT_BEFORE', '1e9'],
    ['CREDENTIALS_NOT_BEFORE', '2099-01-01T00:00:00Z'],
    ['CREDENTIALS_NOT_BEFORE', '4102444799'],
    ['DATABASE_URL', 'channel.db'],
    ['DATABASE_URL', 'sqlite:'],
    ['DATABASE_URL', 'mysql://user@host/name'],
    ['DATABASE_URL', 'postgres://localhost/channel'],
    ['DATABASE_URL', 'postgres://user@localhost'],
    ['DATABASE_URL', 'postgres://user@/channel'],
    ['DATABASE_URL', 'postgres://user@localhost:x/channel'],
    ['DATABASE_URL', 'postgres://user@db.example/channel?sslmode=prefer'],
    ['DATABASE_URL', 'postgres://user@db.example/channel?sslmode=no-verify'],
    ['DATABASE_URL', 'postgres://user@db.example/channel?ssl=false'],
    ['DATABASE_URL', 'postgres://user@db.example/channel?sslrootcert=/nowhere'],
    ['DATABASE_URL', 'postgres://user@localhost/channel?sslrootcert=package.json'],
    ['DATABASE_URL', `postgres://user@db.example/${'x'.repeat(2048)}`],
    ['INSTAGRAM_GRAPH_URL', 'http://graph.facebook.com'],
    ['INSTAGRAM_GRAPH_URL', 'http://127.0.0.1.example.com'],
    ['INSTAGRAM_GRAPH_URL', 'https://graph.facebook.com?x=1'],
    ['INSTAGRAM_GRAPH_URL', 'ftp://127.0.0.1'],
    ['INSTAGRAM_GRAPH_VERSION', '26'],
    ['INSTAGRAM_MAX_CONNECTIONS', '0'],
    ['OPENED_ACCOUNTS_MAX', '99'],
    ['META_APP_ID', 'abc'],
    ['PORT', '65536'],
    ['PORT', '3e3'],
    ['PROXY_DEADLINE_MS', '99'],
    ['PROXY_DEADLINE_MS', '60001'],
    ['PULL_BUDGET_MS', '55001'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.0/'],
    ['TRUST_PROXY', '10.0.0.0/8/8'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '::/0'],
    ['TRUST_PROXY', 'fe80::1%eth-0'],
    ['DOCS', 'true'],
    ['LOG_LEVEL', 'verbose'],
  ])('refuses %s=%s', (name, value) => {
    const faults = readErrors({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} `));
  });

  it.each([
    ['2026-01-20', Date.UTC(2026, 0, 20)],
    ['2026-01-20T09:00:00Z', Date.UTC(2026, 0, 20, 9)],
    ['2026-01-20T09:00+02:00', Date.UTC(2026, 0, 20, 7)],
    ['2026-01-20T09:00:00.500Z', Date.UTC(2026, 0, 20, 9) + 500],
    ['1700000000', 1_700_000_000_000],
  ])('reads CREDENTIALS_NOT_BEFORE %s', (CREDENTIALS_NOT_BEFORE, moment) => {
    expect(loadConfiguration({ ...GOOD, CREDENTIALS_NOT_BEFORE }).credentialsNotBefore).toBe(
      moment,
    );
  });

  it.each([
    ['zeros', Buffer.alloc(32)],
    ['one byte 32 times', Buffer.alloc(32, 171)],
    ['a short pattern', Buffer.alloc(32, 'secret!')],
    ['a sequence', Buffer.from(Array.from({ length: 32 }, (_, index) => index))],
    ['a sequence past 255', Buffer.from(Array.from({ length: 32 }, (_, i) => (250 + i) % 256))],
  ])('refuses a key of %s', (_, bytes) => {
    expect(readErrors({ CREDENTIALS_KEYS: `a:${bytes.toString('base64url')}` })).toEqual([
      'CREDENTIALS_KEYS is not usable: the key of entry 1 is not random',
    ]);
  });

  it('accepts every random key', () => {
    for (let count = 0; count < 2000; count += 1) {
      const key = randomBytes(32).toString('base64url');
      expect(readErrors({ CREDENTIALS_KEYS: `a:${key}` })).toEqual([]);
    }
  });

  it('accepts a key in one spelling only', () => {
    expect(respell(KEY)).toHaveLength(3);
    for (const key of respell(KEY)) {
      expect(Buffer.from(key, 'base64url')).toEqual(Buffer.from(KEY, 'base64url'));
      expect(readErrors({ CREDENTIALS_KEYS: `a:${key}` })).toEqual([
        'CREDENTIALS_KEYS is not usable: the key of entry 1 is not 32 bytes in base64url',
      ]);
    }
  });

  it('refuses one key under two kids: retiring one kid would retire nothing', () => {
    expect(readErrors({ CREDENTIALS_KEYS: `a:${KEY},b:${KEY}` })).toEqual([
      'CREDENTIALS_KEYS is not usable: two entries have the same key',
    ]);
  });

  it('accepts plain JSON as metadata only where Instagram is on this machine', () => {
    const allow = { CREDENTIALS_PLAINTEXT: 'allow' };
    const fault =
      /^CREDENTIALS_PLAINTEXT may be allow only where INSTAGRAM_GRAPH_URL is a loopback/;
    expect(readErrors(allow)).toEqual([expect.stringMatching(fault)]);
    expect(
      readErrors({ ...allow, INSTAGRAM_GRAPH_URL: 'https://graph.example', PORT: 'x' }),
    ).toEqual([expect.stringMatching(/^PORT /), expect.stringMatching(fault)]);
    for (const url of ['http://127.0.0.1:4001', 'http://localhost:4001', 'https://[::1]:4001']) {
      expect(readErrors({ ...allow, INSTAGRAM_GRAPH_URL: url })).toEqual([]);
    }
    expect(readErrors({ CREDENTIALS_PLAINTEXT: 'deny' })).toEqual([]);
  });

  it("accepts metadata for Swagger UI's examples only where Instagram is on this machine", () => {
    const example = { DOCS_EXAMPLE_METADATA: 'eyJ9..iv.sealed.tag' };
    expect(readErrors(example)).toEqual([expect.stringMatching(/^DOCS_EXAMPLE_METADATA is for/)]);
    const sandbox = { INSTAGRAM_GRAPH_URL: 'http://127.0.0.1:4001' };
    expect(readErrors({ ...example, ...sandbox })).toEqual([]);
    for (const text of ['x', 'a.b.c.d.e"', `a..b.${'c'.repeat(5000)}.d`]) {
      expect(readErrors({ DOCS_EXAMPLE_METADATA: text, ...sandbox })).toEqual([
        'DOCS_EXAMPLE_METADATA must be a sealed account',
      ]);
    }
  });

  it('refuses a secret that is set twice, and half of a TLS pair', () => {
    expect(readErrors({ META_APP_SECRET: 'a', META_APP_SECRET_FILE: '/b' })).toEqual([
      'META_APP_SECRET and META_APP_SECRET_FILE are both set: set one of them',
    ]);
    expect(readErrors({ TLS_CERT_FILE: 'package.json' })).toEqual([
      'TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or neither',
    ]);
  });

  it('refuses an app secret that no header can carry, without a part of it', () => {
    for (const secret of ['s3cret\nx', 's3crét', 's3 cret']) {
      expect(readErrors({ META_APP_SECRET: secret })).toEqual([
        'META_APP_SECRET must be visible ASCII characters without spaces or line breaks',
      ]);
    }
  });

  it('refuses a secret whose file is empty', () => {
    expect(readErrors({ META_APP_SECRET_FILE: '/dev/null' })).toEqual([
      'META_APP_SECRET_FILE names a file that is empty',
    ]);
  });

  it('refuses TLS files with other content, without quoting them', () => {
    const faults = readErrors({ TLS_CERT_FILE: 'package.json', TLS_KEY_FILE: 'package.json' });
    expect(faults).toEqual([
      expect.stringMatching(/^TLS_CERT_FILE and TLS_KEY_FILE must hold .* PEM \(ERR_\w+\)$/),
    ]);
  });

  describe('settings for connecting an account', () => {
    const SANDBOX = { INSTAGRAM_GRAPH_URL: 'http://127.0.0.1:4001' };

    it.each([
      [{ FACEBOOK_DIALOG_URL: 'http://www.facebook.com' }, /^FACEBOOK_DIALOG_URL must start with/],
      [{ FACEBOOK_DIALOG_URL: 'https://a:b@x.example' }, /^FACEBOOK_DIALOG_URL must not contain a/],
      [{ META_LOGIN_CONFIG_ID: 'x', META_APP_ID: '1' }, /^META_LOGIN_CONFIG_ID must be a number/],
      [{ META_LOGIN_CONFIG_ID: '1' }, /^META_LOGIN_CONFIG_ID belongs to a Meta app/],
      [{ ZENDESK_LOOPBACK_ORIGIN: 'http://127.0.0.1:4000' }, /is for the sandbox/],
      [
        { ...SANDBOX, ZENDESK_LOOPBACK_ORIGIN: 'https://evil.example' },
        /^ZENDESK_LOOPBACK_ORIGIN must be the origin of a loopback address/,
      ],
      [
        { ...SANDBOX, ZENDESK_LOOPBACK_ORIGIN: 'http://127.0.0.1.evil.example:4000' },
        /^ZENDESK_LOOPBACK_ORIGIN must be the origin/,
      ],
      [
        { ...SANDBOX, ZENDESK_LOOPBACK_ORIGIN: 'http://127.0.0.1:4000/x' },
        /^ZENDESK_LOOPBACK_ORIGIN must be the origin/,
      ],
    ])('refuses %j', (environment, fault) => {
      expect(readErrors(environment)).toEqual([expect.stringMatching(fault)]);
    });

    it('may point to the sandbox', () => {
      const { zendeskLoopbackOrigin, facebookDialogUrl } = loadConfiguration({
        ...GOOD,
        ...SANDBOX,
        FACEBOOK_DIALOG_URL: 'http://127.0.0.1:4001/',
        ZENDESK_LOOPBACK_ORIGIN: 'http://127.0.0.1:4000/',
      });
      expect([zendeskLoopbackOrigin, facebookDialogUrl]).toEqual([
        'http://127.0.0.1:4000',
        'http://127.0.0.1:4001',
      ]);
    });
  });
});
