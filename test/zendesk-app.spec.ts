import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, strToU8, unzipSync } from 'fflate';
import { type AppFiles, buildApp, zipApp } from '../zendesk-app/tools/build.js';
import { isLoopbackUrl } from '../zendesk-app/tools/manifest-url.js';
import { validateApp } from '../zendesk-app/tools/validate-app.js';
import { runNode } from './support/run.js';

const MANIFEST_URL = 'https://channel.example/manifest.json';
const PACKAGE = ['--import', 'tsx', 'zendesk-app/tools/package.cli.ts'];
const VALIDATE = ['--import', 'tsx', 'zendesk-app/tools/validate.cli.ts'];

const folder = mkdtempSync(join(tmpdir(), 'zendesk-app-'));
let files: AppFiles;

beforeAll(async () => {
  files = await buildApp(MANIFEST_URL);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const readText = (name: string): string => strFromU8(files[name] ?? new Uint8Array());
const readJson = (name: string): Record<string, unknown> =>
  JSON.parse(readText(name)) as Record<string, unknown>;

describe('the package of the app', () => {
  it('is valid', () => {
    expect(validateApp(files)).toEqual([]);
  });

  it('places the app in the ticket sidebar and requires one channel integration', () => {
    expect(readJson('manifest.json')).toMatchObject({
      frameworkVersion: '2.0',
      defaultLocale: 'en',
      location: { support: { ticket_sidebar: { url: 'assets/iframe.html', flexible: true } } },
    });
    expect(readJson('requirements.json')).toEqual({
      channel_integrations: { instagram: { manifest_url: MANIFEST_URL } },
    });
  });

  it('contains the id of the integration manifest', () => {
    const { id } = JSON.parse(readFileSync('manifest.json', 'utf8')) as { id: string };
    expect(readText('assets/main.js')).toContain(id);
  });

  it('never turns a text into markup', () => {
    expect(readText('assets/main.js')).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/,
    );
  });

  it('has the same bytes in every build and time zone', async () => {
    const again = zipApp(await buildApp(MANIFEST_URL));
    expect(Buffer.from(zipApp(files)).equals(again)).toBe(true);
    const out = join(folder, 'app.zip');
    const args = [...PACKAGE, '--manifest-url', MANIFEST_URL, '--out', out];
    const { code, stdout } = await runNode(args, { TZ: 'Pacific/Auckland' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/app\.zip: \d+ bytes, \d+ files/);
    expect(readFileSync(out).equals(again)).toBe(true);
    expect(Object.keys(unzipSync(readFileSync(out))).sort()).toEqual(Object.keys(files).sort());
    expect(await runNode([...VALIDATE, out])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('the address of the integration manifest', () => {
  it.each([
    ['is missing', []],
    ['is not https', ['--manifest-url', 'http://channel.example/manifest.json']],
    ['has another path', ['--manifest-url', 'https://channel.example/']],
    ['is not a URL', ['--manifest-url', 'manifest.json']],
    ['has a password', ['--manifest-url', 'https://a:planted@channel.example/manifest.json']],
  ])('is rejected by the packaging command if it %s', async (_, args) => {
    const { code, stderr } = await runNode([...PACKAGE, ...args]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--manifest-url must look like https/);
    expect(stderr).not.toContain('planted');
  });

  it.each([
    'http://channel.example/manifest.json',
    'https://user@channel.example/manifest.json',
    'https://channel.example/manifest.json?x',
    'https://channel.example/manifest.json?x=/manifest.json',
    'https://channel.example/manifest.json?',
    'https://channel.example/manifest.json#',
    'https://channel.example/#/manifest.json',
    'https://channel.example/below/manifest.json',
    'https://channel.example//manifest.json',
    'https://channel.example/Manifest.json',
    'https://',
  ])('is rejected by the build and by the validation: %s', async (url) => {
    await expect(buildApp(url)).rejects.toThrow(/--manifest-url must look like https/);
    expect(validateApp(withRequirements({ instagram: { manifest_url: url } }))).toEqual([
      'requirements.json: channel_integrations.instagram.manifest_url is missing or invalid',
    ]);
  });

  it('is normalized', async () => {
    const built = await buildApp(' HTTPS://Channel.Example:443/x/../manifest.json');
    expect(built['requirements.json']).toEqual(files['requirements.json']);
  });

  it.each([
    'https://localhost/manifest.json',
    'https://app.localhost/manifest.json',
    'https://localhost./manifest.json',
    'https://127.0.0.1:3000/manifest.json',
    'https://2130706433/manifest.json',
    'https://[::1]/manifest.json',
    'https://[::ffff:127.0.0.1]/manifest.json',
    'https://0.0.0.0/manifest.json',
  ])('is a loopback address: %s', (url) => {
    expect(isLoopbackUrl(url)).toBe(true);
  });

  it.each([
    ['127.0.0.1:3000', true],
    ['127.example', false],
  ])('decides whether the package is for the sandbox only: %s', async (host, isForSandbox) => {
    const address = ['--manifest-url', `https://${host}/manifest.json`];
    const out = ['--out', join(folder, 'sandbox.zip')];
    const { code, stdout } = await runNode([...PACKAGE, ...address, ...out]);
    expect(code).toBe(0);
    expect(stdout.includes('Only the sandbox can use it')).toBe(isForSandbox);
  });
});

describe('the validation', () => {
  const SIDEBAR = { url: 'assets/iframe.html', flexible: true };

  it('is a command that lists every problem', async () => {
    const bad = join(folder, 'bad.zip');
    writeFileSync(bad, zipApp(without('requirements.json', 'assets/logo.png')));
    expect(await runNode([...VALIDATE, bad])).toMatchObject({
      code: 1,
      stderr: '- requirements.json is missing\n- assets/logo.png is missing\n',
    });
  });

  it.each([
    'manifest.json',
    'requirements.json',
    'translations/en.json',
    'assets/iframe.html',
    'assets/main.css',
    'assets/main.js',
    'assets/logo.png',
    'assets/logo-small.png',
  ])('requires %s', (name) => {
    expect(validateApp(without(name))).toEqual([`${name} is missing`]);
  });

  it.each([
    'notes.md',
    'app/manifest.json',
    'assets/run.sh',
    'assets/../../evil.js',
    'translations/german.json',
  ])('rejects the unexpected file %s', (name) => {
    expect(validateApp(withFile(name, 'x'))).toEqual([`"${name}" does not belong in the package`]);
  });

  it.each([
    ['{', /^translations\/de\.json is not valid JSON$/],
    ['[]', /^translations\/de\.json is not a JSON object$/],
    ['{"app":{"name":"a","name":"b"}}', /^translations\/de\.json: Duplicate key "name"/],
  ])('rejects the JSON file %s', (content, problem) => {
    expect(validateApp(withFile('translations/de.json', content))).toEqual([
      expect.stringMatching(problem),
    ]);
  });

  it.each([
    ['name', { name: 5 }],
    ['author.name', { author: { name: '' } }],
    ['version', { version: 1 }],
    ['frameworkVersion', { frameworkVersion: '1.0' }],
    ['defaultLocale', { defaultLocale: 'it' }],
    ['private', { private: 'yes' }],
    ['location.support.ticket_sidebar.url', inSidebar({ ...SIDEBAR, url: 'http://x.example/' })],
    ['location.support.ticket_sidebar.url', inSidebar({ ...SIDEBAR, url: 'assets/page.html' })],
    ['location.support.ticket_sidebar.flexible', inSidebar({ ...SIDEBAR, flexible: 'yes' })],
  ])('rejects an invalid %s in the manifest', (field, change) => {
    expect(validateApp(withManifest(change))).toContain(
      `manifest.json: ${field} is missing or invalid`,
    );
  });

  it.each([
    ['parameters', { parameters: [] }],
    ['author.email', { author: { name: 'Ada', email: 'ada@example.com' } }],
    ['location.chat', { location: { support: { ticket_sidebar: SIDEBAR }, chat: {} } }],
  ])('rejects the unused field %s in the manifest', (field, change) => {
    expect(validateApp(withManifest(change))).toEqual([
      `manifest.json: ${field} is not a field that this app uses`,
    ]);
  });

  it('rejects a second channel integration', () => {
    const integration = { manifest_url: MANIFEST_URL };
    const twice = withRequirements({ instagram: integration, other: integration });
    const field = 'channel_integrations.other.manifest_url';
    expect(validateApp(twice)).toEqual([
      `requirements.json: ${field} is not a field that this app uses`,
    ]);
  });

  it.each(['name', 'short_description', 'long_description', 'installation_instructions'])(
    'requires the text app.%s even if no language has it',
    (key) => {
      const without = Object.fromEntries(
        Object.keys(files)
          .filter((name) => name.startsWith('translations/'))
          .map((name) => [name, strToU8(readText(name).replace(`"${key}"`, '"other"'))]),
      );
      expect(validateApp({ ...files, ...without })).toContain(
        `translations/en.json has no app.${key}`,
      );
    },
  );

  it.each([
    ['"offline":', '"off":', /de\.json has no sidebar\.offline$/],
    ['"offline":', '"off":', /de\.json has sidebar\.off, which English does not have$/],
    ['"Aktualisieren"', '""', /de\.json has no sidebar\.refresh$/],
    ['@{{username}}', '@', /de\.json has other placeholders in sidebar\.acting_as than English$/],
  ])('compares German with English after %s becomes %s', (from, to, problem) => {
    const german = readText('translations/de.json').replace(from, to);
    expect(validateApp(withFile('translations/de.json', german))).toContainEqual(
      expect.stringMatching(problem),
    );
  });

  it('rejects icons that are not PNG files of the required size', () => {
    const problem = 'assets/logo.png is not a PNG of 320 × 320 pixels';
    const small = files['assets/logo-small.png'] ?? '';
    expect(validateApp(withFile('assets/logo.png', 'x'))).toEqual([problem]);
    expect(validateApp(withFile('assets/logo.png', small))).toEqual([problem]);
    expect(validateApp(withFile('assets/logo.png', 'x'.repeat(100)))).toEqual([problem]);
  });

  it.each([
    '<script src="other.js">',
    '<script src=//evil.example/x.js>',
    '<SCRIPT\nSRC="main.js">',
    '<script>',
    '<link rel="stylesheet" href="other.css">',
    '<base href="/elsewhere/">',
    '<iframe src="main.js">',
    '<object data="main.js">',
    '<embed src="main.js">',
    '<svg><script xlink:href="main.js">',
    '<script title=">" src="main.js">',
  ])('rejects a page with %j', (tag) => {
    const page = readText('assets/iframe.html').replace('</body>', `${tag}</body>`);
    expect(validateApp(withFile('assets/iframe.html', page))).toContainEqual(
      expect.stringMatching(/^assets\/iframe\.html may not load </),
    );
  });

  it.each([
    ['assets/main.js', "fetch('https://evil.example/x')", 'https://evil.example/x'],
    ['assets/main.js', "fetch('//evil.example/x')", '//evil.example/x'],
    ['assets/main.css', '@import url(http://evil.example/x)', 'http://evil.example/x'],
    ['assets/logo.svg', '<svg><image href="//evil.example/x"/></svg>', '//evil.example/x'],
    [
      'assets/iframe.html',
      'https://static.zdassets.com/other.js',
      'https://static.zdassets.com/other.js',
    ],
  ])('rejects %s with a foreign address: %s', (name, source, address) => {
    expect(validateApp(withFile(name, source))).toEqual([
      `${name} has the foreign address ${address}`,
    ]);
  });

  it.each([
    ["const api_key = 'x'", 'api_key'],
    ["const password = 'x'", 'password'],
    ["const clientSecret = 'x'", 'Secret'],
    ["const id = 'AKIAIOSFODNN7EXAMPLE'", 'AKIAIOSFODNN'],
    ["const x = {token: 'abc'}", 'token:'],
    ['-----BEGIN PRIVATE KEY', '-----BEGIN PRIVATE KEY'],
  ])('rejects source that may contain a secret: %s', (source, found) => {
    expect(validateApp(withFile('assets/main.js', source))).toEqual([
      `assets/main.js may contain a secret: ${found}`,
    ]);
  });

  it('rejects a package over 60 kB', () => {
    const random = Buffer.from(Array.from({ length: 40_000 }, Math.random).join());
    expect(validateApp(withFile('assets/main.js', random))).toEqual([
      expect.stringMatching(/^the package has \d{6} bytes, more than 60000$/),
    ]);
  });
});

function without(...names: string[]): AppFiles {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
}

function withFile(name: string, content: string | Uint8Array): AppFiles {
  return { ...files, [name]: typeof content === 'string' ? strToU8(content) : content };
}

function withManifest(change: object): AppFiles {
  return withFile('manifest.json', JSON.stringify({ ...readJson('manifest.json'), ...change }));
}

function withRequirements(integrations: object): AppFiles {
  return withFile('requirements.json', JSON.stringify({ channel_integrations: integrations }));
}

function inSidebar(options: object): object {
  return { location: { support: { ticket_sidebar: options } } };
}
