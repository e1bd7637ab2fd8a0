import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, strToU8, unzipSync } from 'fflate';
import { type AppFiles, buildApp, zipApp } from '../zendesk-app/tools/build.js';
import { isOfThisMachine } from '../zendesk-app/tools/manifest-url.js';
import { faultsOfApp } from '../zendesk-app/tools/validation/validate.js';
import { runNode } from './support/run.js';

const MANIFEST_URL = 'https://channel.example/manifest.json';
const PACKAGE = ['--import', 'tsx', 'zendesk-app/tools/package.cli.ts'];
const VALIDATE = ['--import', 'tsx', 'zendesk-app/tools/validate.cli.ts'];

/** The app as it is packaged, and what the checks say of packages that Zendesk would refuse. */
describe('the packaged app', () => {
  let files: AppFiles;

  beforeAll(async () => {
    files = await buildApp(MANIFEST_URL);
  });

  const json = (name: string): Record<string, unknown> =>
    JSON.parse(strFromU8(files[name] ?? new Uint8Array())) as Record<string, unknown>;
  /** The package with another file of this name, or without it. */
  const withFile = (name: string, content?: string | Uint8Array): AppFiles => {
    const rest = Object.fromEntries(Object.entries(files).filter(([other]) => other !== name));
    if (content === undefined) return rest;
    return { ...rest, [name]: typeof content === 'string' ? strToU8(content) : content };
  };
  const withManifest = (change: object): AppFiles =>
    withFile('manifest.json', JSON.stringify({ ...json('manifest.json'), ...change }));
  const withPlace = (place: object): AppFiles => withManifest({ location: { support: place } });

  it('is one that Zendesk takes, of at most 150 kB', () => {
    expect(faultsOfApp(files)).toEqual([]);
    expect(zipApp(files).length).toBeLessThan(150_000);
  });

  it('stands in the sidebar and brings one channel integration', () => {
    expect(json('manifest.json')).toMatchObject({
      frameworkVersion: '2.0',
      defaultLocale: 'en',
      location: { support: { ticket_sidebar: { url: 'assets/iframe.html', flexible: true } } },
    });
    expect(json('requirements.json')).toEqual({
      channel_integrations: { instagram: { manifest_url: MANIFEST_URL } },
    });
  });

  it("knows the integration manifest's id, and names nothing outside but Zendesk's SDK", () => {
    const { id } = JSON.parse(readFileSync('manifest.json', 'utf8')) as { id: string };
    expect(strFromU8(files['assets/main.js'] ?? new Uint8Array())).toContain(id);
    const texts = ['assets/iframe.html', 'assets/main.js', 'assets/main.css'].map((name) =>
      strFromU8(files[name] ?? new Uint8Array()),
    );
    const addresses = texts.join('\n').match(/https?:\/\/[\w.-]+/g);
    // Of the last two, one is SVG's name, the other stands in the licence of Garden.
    expect([...new Set(addresses)].sort()).toEqual([
      'http://www.apache.org',
      'http://www.w3.org',
      'https://static.zdassets.com',
    ]);
  });

  it('never makes markup of a text', () => {
    const source = strFromU8(files['assets/main.js'] ?? new Uint8Array());
    expect(source).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/);
  });

  it('has the same bytes whenever and wherever it is made', async () => {
    const again = zipApp(await buildApp(MANIFEST_URL));
    expect(Buffer.from(zipApp(files)).equals(again)).toBe(true);
    const folder = mkdtempSync(join(tmpdir(), 'zendesk-app-'));
    const out = join(folder, 'app.zip');
    const args = [...PACKAGE, '--manifest-url', MANIFEST_URL, '--out', out];
    const { code, stdout } = await runNode(args, { TZ: 'Pacific/Auckland' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/app\.zip: \d+ bytes, \d+ files/);
    expect(readFileSync(out).equals(again)).toBe(true);
    expect(Object.keys(unzipSync(readFileSync(out))).sort()).toEqual(Object.keys(files).sort());
    expect(await runNode([...VALIDATE, out])).toMatchObject({ code: 0, stderr: '' });
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['nothing', []],
    ['no https', ['--manifest-url', 'http://channel.example/manifest.json']],
    ['no manifest.json', ['--manifest-url', 'https://channel.example/']],
    ['no address', ['--manifest-url', 'manifest.json']],
    ['one with a password', ['--manifest-url', 'https://a:planted@channel.example/manifest.json']],
  ])('is not made with a manifest address that is %s', async (_, args) => {
    const { code, stderr } = await runNode([...PACKAGE, ...args]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--manifest-url must look like https/);
    expect(stderr).not.toContain('planted');
  });

  it.each([
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
  ])('is not made for %s, and would be refused with it', async (url) => {
    await expect(buildApp(url)).rejects.toThrow(/--manifest-url must look like https/);
    const requirements = JSON.stringify({ channel_integrations: { a: { manifest_url: url } } });
    expect(faultsOfApp(withFile('requirements.json', requirements))).toContainEqual(
      expect.stringMatching(/manifest_url of a is not the https address/),
    );
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
  ])('is for the sandbox alone with %s', (url) => {
    expect(isOfThisMachine(url)).toBe(true);
  });

  it('is said to be for the sandbox where its manifest is on this machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zendesk-app-'));
    const made = (host: string): ReturnType<typeof runNode> => {
      const address = ['--manifest-url', `https://${host}/manifest.json`];
      return runNode([...PACKAGE, ...address, '--out', join(folder, 'app.zip')]);
    };
    const here = await made('127.0.0.1:3000');
    expect(here).toMatchObject({ code: 0, stdout: expect.stringMatching(/It is for the sandbox/) });
    expect((await made('127.example')).stdout).not.toMatch(/sandbox/);
    rmSync(folder, { recursive: true });
  });

  it('has the manifest address as browsers write it', async () => {
    const made = await buildApp(' HTTPS://Channel.Example:443/x/../manifest.json');
    expect(made['requirements.json']).toEqual(files['requirements.json']);
  });

  it.each([
    '../evil.js',
    'assets/../../evil.js',
    'assets/..',
    '/assets/x.js',
    'assets//x.js',
    'assets/./x.js',
    'assets/x.js\0.png',
    'assets/a\\b.js',
    'assets/a\nb.js',
  ])('would be refused with a file called %j', (name) => {
    expect(faultsOfApp(withFile(name, 'x'))).toContain(
      `${JSON.stringify(name)} has no place in an app`,
    );
  });

  it.each([
    '<svg xmlns="x"/onload="x()"/>',
    '<svg xmlns="x" /onload=x()></svg>',
    '<svg><path d="M0"onload="x()"/></svg>',
    '<svg><path d="M0"onload=x() /></svg>',
    "<svg><path d='M0' onload='x()'/></svg>",
    '<svg><path fill="url(https://evil.example/x)"/></svg>',
    '<svg><path fill="url( //evil.example/x)"/></svg>',
    '<svg><path fill="URL(//evil.example/x)"/></svg>',
    '<svg><path fill="u&#114;l(//evil.example/x)"/></svg>',
    '<svg><path class="javascript:x()"/></svg>',
    '<!DOCTYPE svg [<!ENTITY x "y">]><svg/>',
    '<?xml-stylesheet href="x"?><svg/>',
    '<svg><![CDATA[<script>]]></svg>',
    '<svg><path d="M0"',
  ])('would be refused with the drawing %s', (svg) => {
    expect(faultsOfApp(withFile('assets/logo.svg', svg))).toContainEqual(
      expect.stringMatching(/logo\.svg has .* not known to be safe/),
    );
  });

  it('is taken with a drawing that refers to itself', () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg"><defs><linearGradient id="a"/></defs><path fill="url(#a)" d="M0 0" /></svg>\n';
    expect(faultsOfApp(withFile('assets/logo.svg', svg))).toEqual([]);
  });

  it.each([
    '<script src="https://evil.example/x.js"></script>',
    '<script defer src=https://evil.example/x.js></script>',
    "<SCRIPT SRC = '//evil.example/x.js'></SCRIPT>",
    '<script/src="//evil.example/x.js"></script>',
    '<script async=""src="\\\\evil.example/x.js"></script>',
    '<script title=">" src="https://evil.example/x.js"></script>',
    '<script src="ht\ntps://evil.example/x.js"></script>',
    '<svg><script xlink:href="//evil.example/x.js"></script></svg>',
    '<base href="https://evil.example/">',
    '<script src="data:text/javascript,x()"></script>',
    '<script src="&#47;/evil.example/x.js"></script>',
    '<script src="https://static.zdassets.com.evil.example/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"></script>',
    '<script src="https://static.zdassets.com/other.js"></script>',
  ])('would be refused with the page %s', (script) => {
    const page = strFromU8(files['assets/iframe.html'] ?? new Uint8Array());
    const changed = page.replace('</body>', `${script}</body>`);
    expect(faultsOfApp(withFile('assets/iframe.html', changed))).toContainEqual(
      expect.stringMatching(/iframe\.html loads a script from elsewhere/),
    );
  });

  it('is refused by the command, which names every fault', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zendesk-app-'));
    const bad = join(folder, 'bad.zip');
    writeFileSync(bad, zipApp(withFile('requirements.json')));
    const { code, stderr } = await runNode([...VALIDATE, bad]);
    expect(code).toBe(1);
    expect(stderr).toBe('- requirements.json is missing\n');
    rmSync(folder, { recursive: true });
  });

  const FAULTS: [string, () => AppFiles, RegExp][] = [
    ['no manifest', () => withFile('manifest.json'), /manifest\.json is missing/],
    [
      'a folder around it',
      () =>
        Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`app/${name}`, bytes])),
      /must be at the root, not at app\/manifest\.json/,
    ],
    ['a manifest that is no JSON', () => withFile('manifest.json', '{'), /is not JSON/],
    ['a manifest that is a list', () => withFile('manifest.json', '[]'), /not a JSON object/],
    [
      'a key twice',
      () => withFile('manifest.json', '{"author":{},"defaultLocale":"de","defaultLocale":"en"}'),
      /has twice: defaultLocale/,
    ],
    ['no author', () => withManifest({ author: undefined }), /has no author/],
    ['an author that is a name', () => withManifest({ author: 'Ada' }), /author .* not an object/],
    [
      'an author with a number',
      () => withManifest({ author: { name: 'Ada', email: 5 } }),
      /author\.email is not a string/,
    ],
    [
      'an author without a web page',
      () => withManifest({ author: { name: 'Ada', url: 'ada' } }),
      /author\.url is not the address/,
    ],
    [
      'terms that are nowhere',
      () => withManifest({ termsConditionsURL: 'ftp://x' }),
      /termsConditionsURL is not the address/,
    ],
    ['no framework version', () => withManifest({ frameworkVersion: undefined }), /no frameworkV/],
    ['an old framework', () => withManifest({ frameworkVersion: '1.0' }), /must be 2\.0/],
    ['a version that is a number', () => withManifest({ version: 1 }), /version .* not a string/],
    ['a flag that is a text', () => withManifest({ private: 'yes' }), /private .* true or false/],
    ['requirements only', () => withManifest({ requirementsOnly: true }), /requirementsOnly/],
    ['marketing only', () => withManifest({ marketingOnly: true }), /marketingOnly/],
    ['a template switch', () => withManifest({ noTemplate: true }), /framework version 1/],
    ['settings', () => withManifest({ parameters: [] }), /parameters .* needs none/],
    [
      'an experiment',
      () => withManifest({ experiments: { other: true } }),
      /experiment other is not open/,
    ],
    ['no default locale', () => withManifest({ defaultLocale: undefined }), /no defaultLocale/],
    ['a locale that is none', () => withManifest({ defaultLocale: 'english' }), /not a locale/],
    ['a locale without texts', () => withManifest({ defaultLocale: 'it' }), /it\.json is missing/],
    ['no location', () => withManifest({ location: undefined }), /has no location/],
    ['a location by name', () => withManifest({ location: 'ticket_sidebar' }), /an object/],
    ['no place', () => withPlace({}), /names no place/],
    ['another product', () => withManifest({ location: { chat: {} } }), /another product/],
    ['a place that is none', () => withPlace({ attic: 'assets/iframe.html' }), /attic is no place/],
    [
      'a page that is not there',
      () => withPlace({ ticket_sidebar: 'assets/page.html' }),
      /neither a file under assets/,
    ],
    [
      'a page outside assets',
      () => withPlace({ ticket_sidebar: 'manifest.json' }),
      /neither a file under assets/,
    ],
    ['a page over http', () => withPlace({ ticket_sidebar: 'http://x.example/' }), /nor https/],
    ['a page without address', () => withPlace({ ticket_sidebar: {} }), /has no url/],
    [
      'a width that is a text',
      () => withPlace({ ticket_sidebar: { url: 'assets/iframe.html', flexible: 'yes' } }),
      /flexible of ticket_sidebar/,
    ],
    ['no requirements', () => withFile('requirements.json'), /requirements\.json is missing/],
    [
      'a second integration',
      () =>
        withFile(
          'requirements.json',
          JSON.stringify({
            channel_integrations: {
              a: { manifest_url: MANIFEST_URL },
              b: { manifest_url: MANIFEST_URL },
            },
          }),
        ),
      /2 channel_integrations, not one/,
    ],
    [
      'an integration without address',
      () => withFile('requirements.json', '{"channel_integrations":{"a":{}}}'),
      /a has no manifest_url/,
    ],
    [
      'an integration over http',
      () =>
        withFile(
          'requirements.json',
          '{"channel_integrations":{"a":{"manifest_url":"http://x/manifest.json"}}}',
        ),
      /manifest_url of a is not the https/,
    ],
    [
      'another requirement',
      () => withFile('requirements.json', '{"triggers":{}}'),
      /asks for triggers/,
    ],
    ['a text that is no JSON', () => withFile('translations/de.json', 'x'), /de\.json is not JSON/],
    [
      'a text of no locale',
      () => withFile('translations/german.json', '{}'),
      /named after a locale/,
    ],
    ['a text that is no file of texts', () => withFile('translations/x.txt', ''), /no translation/],
    ['a text without a name', () => withFile('translations/en.json', '{"app":{}}'), /no app\.name/],
    [
      'a sentence that is missing',
      () => withFile('translations/de.json', '{"app":{},"sidebar":{}}'),
      /de\.json has no sidebar\.offline/,
    ],
    [
      'a blank that is missing',
      () => {
        const text = strFromU8(files['translations/fr.json'] ?? new Uint8Array());
        return withFile('translations/fr.json', text.replace('@{{username}}', '@'));
      },
      /fr\.json has other blanks in sidebar\.acting_as/,
    ],
    ['no icon', () => withFile('assets/logo.png'), /logo\.png is missing/],
    ['an icon that is no picture', () => withFile('assets/logo.png', 'x'), /is not a PNG/],
    [
      'an icon of another size',
      () => withFile('assets/logo.png', files['assets/logo-small.png']),
      /128 × 128 pixels, not 320 × 320/,
    ],
    [
      'a script in a drawing',
      () => withFile('assets/logo.svg', '<svg xmlns="x"><script>1</script></svg>'),
      /logo\.svg has script/,
    ],
    [
      'a handler in a drawing',
      () => withFile('assets/logo.svg', '<svg onload="x()"/>'),
      /logo\.svg has onload/,
    ],
    [
      'a picture in a drawing',
      () => withFile('assets/logo.svg', '<svg><image href="x"/></svg>'),
      /logo\.svg has image/,
    ],
    ['a file without a place', () => withFile('notes.md', 'x'), /notes\.md" has no place/],
    ['a program', () => withFile('assets/run.sh', 'x'), /run\.sh is of a type/],
    [
      'an archive under another name',
      () => withFile('assets/x.png', zipApp({ 'a.json': strToU8('{}') })),
      /x\.png is an archive/,
    ],
    [
      'an address that is not https',
      () => withFile('assets/main.js', "fetch('http://x.example/')"),
      /main\.js names an address that is not https/,
    ],
    [
      'a secret',
      () => withFile('assets/main.js', "const api_key = 'x'"),
      /looks like a secret: api_key/,
    ],
    [
      'a token',
      () => withFile('assets/main.js', "const x = {token: 'abc'}"),
      /looks like a secret: token:/,
    ],
    [
      'too many bytes',
      () =>
        withFile('assets/x.json', Buffer.from(Array.from({ length: 400_000 }, Math.random).join())),
      /more than 150000/,
    ],
  ];

  it.each(FAULTS)('would be refused with %s', (_, made, fault) => {
    expect(faultsOfApp(made())).toContainEqual(expect.stringMatching(fault));
  });
});
