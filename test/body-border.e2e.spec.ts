import { beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { type Answer, form, FORM, JSON_TYPE, useService } from './support/service.js';

/** Every POST route, with the formats that it accepts and its limit in bytes. */
const ROUTES: readonly (readonly [string, readonly string[], number])[] = [
  ['/like', [FORM, JSON_TYPE], 655_360],
  ['/like/state', [FORM, JSON_TYPE], 655_360],
  ['/media', [FORM, JSON_TYPE], 655_360],
  ['/account', [FORM, JSON_TYPE], 655_360],
  ['/comment/hide', [FORM, JSON_TYPE], 655_360],
  ['/comment/delete', [FORM, JSON_TYPE], 655_360],
  ['/comment/private-reply', [FORM, JSON_TYPE], 655_360],
  ['/pull', [FORM], 65_536],
  ['/channelback', [FORM], 1_048_576],
  ['/event_callback', [JSON_TYPE], 1_048_576],
  ['/admin_ui', [FORM], 131_072],
  ['/admin/log-in', [FORM], 131_072],
  ['/admin/log-in/progress', [FORM], 131_072],
  ['/admin/log-in/continue', [FORM], 131_072],
  ['/admin/token', [FORM], 131_072],
  ['/admin/account', [FORM], 131_072],
  ['/admin/trial', [FORM], 131_072],
  ['/admin/finish', [FORM], 131_072],
  ['/privacy/deauthorize', [FORM], 16_384],
  ['/privacy/data-deletion', [FORM], 16_384],
];

const BROKEN_ESCAPES = ['%ED%A0%BD', 'Caf%E9', '50%+off', 'a%2', 'Gr%C3%BC%C3'];

describe('the body of every POST route', () => {
  const { instagram, service } = useService({
    DOCS: 'on',
    META_APP_ID: '1234567890',
    META_APP_SECRET: 'f'.repeat(32),
  });
  beforeEach(() => {
    instagram.seen.length = 0;
  });

  it('is covered by this test for each route that exists', () => {
    const registered = new Set<string>();
    const tree = service.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
    for (const [path] of ROUTES) {
      if (service.app.getHttpAdapter().getInstance().hasRoute({ method: 'POST', url: path })) {
        registered.add(path);
      }
    }
    expect([...registered]).toEqual(ROUTES.map(([path]) => path));
    expect(tree.match(/\(POST\b|, POST\b/g)?.length).toBe(ROUTES.length);
  });

  describe.each(ROUTES)('%s', (path, formats, limit) => {
    const types = [FORM, JSON_TYPE, 'text/plain', 'multipart/form-data; boundary=x', 'text/html'];
    it.each(types.filter((type) => !formats.includes(type)))('rejects %s', async (type) => {
      expect((await service.post(path, '{}', type)).status).toBe(415);
    });

    it('rejects a charset other than UTF-8', async () => {
      const answer = await service.post(path, '{}', `${String(formats[0])}; charset=iso-8859-1`);
      expect(answer.status).toBe(415);
    });

    it('accepts UTF-8 as a charset', async () => {
      const answer = await service.post(path, '{}', `${String(formats[0])}; charset=UTF-8`);
      expect(answer.status).not.toBe(415);
    });

    it('rejects a body above its limit', async () => {
      const answer = await service.post(path, 'x'.repeat(limit + 1), formats[0]);
      expect(answer.status).toBe(413);
      expect((await service.post(path, 'x'.repeat(limit), formats[0])).status).not.toBe(413);
    });

    it('rejects bytes that are not UTF-8', async () => {
      const answer = await service.app.inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': String(formats[0]) },
        payload: Buffer.from([0x61, 0x3d, 0xff, 0xfe]),
      });
      expect(answer.statusCode).toBe(400);
    });

    it('rejects a request without a body', async () => {
      const answer = await service.request('POST', path);
      expect(answer.status).toBe(400);
    });

    if (!formats.includes(FORM)) return;
    it.each(BROKEN_ESCAPES)('rejects the form value %s', async (value) => {
      const fields = form({ metadata: service.metadata, instance_metadata: service.metadata });
      const answer = await service.post(path, `${fields}&message=${value}`);
      expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/UTF-8/)]);
      expect(instagram.seen).toEqual([]);
    });
  });

  const hostile: readonly (readonly [string, string])[] = [
    ['constructor', '{"constructor":{"a":1}}'],
    ['constructor.prototype', '{"constructor":{"prototype":{"a":1}}}'],
    ['__proto__', '{"__proto__":{"a":1}}'],
    ['toString', '{"toString":{"a":1},"valueOf":1,"then":1,"toJSON":1}'],
    ['a list', '[1,[2,[3]]]'],
    ['nested 20,000 deep', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['a list nested 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['20,000 fields', `{${Array.from({ length: 20_000 }, (_, n) => `"k${String(n)}":1`).join()}}`],
    ['a number', '1e400'],
    ['half a surrogate pair', '"\\ud83d"'],
  ];
  const fieldNames = ['instance_metadata', 'client_data', 'events', 'other'];

  it.each(hostile)('never fails on JSON with %s in any field', async (_, value) => {
    for (const [path, formats] of ROUTES) {
      if (!formats.includes(JSON_TYPE)) continue;
      for (const name of fieldNames) {
        const metadata = name === 'instance_metadata' ? '' : `"instance_metadata":"x",`;
        const body = `{${metadata}"${name}":${value}}`;
        const { status } = await service.post(path, body, JSON_TYPE);
        expect([path, name, [200, 400].includes(status)]).toEqual([path, name, true]);
        expect((await service.post(path, value, JSON_TYPE)).status).toBe(400);
      }
    }
  });

  it.each(hostile)('keeps the other events of a call when one holds %s', async (_, value) => {
    const event = (fields: string): string =>
      `{"type_id":"create_integration","timestamp":"2026-11-26T10:00:00Z","subdomain":"omniwear",` +
      `"integration_name":"Instagram","integration_id":"${manifestId}",${fields}}`;
    const manifestId = (await service.request('GET', '/manifest.json')).json.id as string;
    service.logs.lines.length = 0;
    const events = [value, event(`"data":{"x":${value}}`), event('"data":{}')];
    const answer = await service.post(
      '/event_callback',
      `{"events":[${events.join()}]}`,
      JSON_TYPE,
    );
    expect(answer.status).toBe(200);
    const [line] = service.logs.events('request.answered');
    expect(line?.taken).toBeGreaterThanOrEqual(1);
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it('rejects half a surrogate pair inside client_data', async () => {
    const data = `{"comment_id":"${OMNIWEAR.commentId}","message":"\\ud83d"}`;
    const { json } = await service.proxy('/comment/private-reply', data);
    expect(json).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
    expect(instagram.seen).toEqual([]);
  });

  describe('headers', () => {
    const readPolicy = ({ headers }: Answer): string => String(headers['content-security-policy']);
    it.each([
      ['JSON', '/manifest.json', 200],
      ['an unknown address', '/nothing', 404],
      ['a malformed address', '/like/%zz', 400],
      ['health', '/health/live', 200],
      ['the description', '/docs-json', 200],
      ['a page', '/about', 200],
    ])('of %s require https and forbid all content', async (_, path, status) => {
      const answer = await service.request('GET', path);
      expect(answer.status).toBe(status);
      expect(answer.headers['strict-transport-security']).toBe(
        'max-age=31536000; includeSubDomains',
      );
      expect(answer.headers['referrer-policy']).toBe('no-referrer');
      expect(readPolicy(answer)).toContain("default-src 'none'");
      expect(readPolicy(answer)).toContain("frame-ancestors 'none'");
    });

    it('of an asset forbid all content too', async () => {
      const body = form({
        return_url: 'https://omniwear.zendesk.com/x',
        subdomain: 'omniwear',
        locale: 'en',
      });
      const { text } = await service.post('/admin_ui', body);
      const asset = await service.request(
        'GET',
        /"(\/admin\/assets\/[^"]+\.js)"/.exec(text)?.[1] ?? '',
      );
      expect([asset.status, readPolicy(asset)]).toEqual([200, expect.stringContaining("'none'")]);
    });
  });
});
