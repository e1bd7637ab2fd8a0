import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import {
  type Answer,
  form,
  JSON_TYPE,
  OTHER_KEY,
  TEST_KEY,
  TestService,
  useService,
} from './support/service.js';
import { CompactEncrypt } from 'jose';

const PHOTO = { media_id: OMNIWEAR.photoId };

describe('bad input', () => {
  const { instagram, service } = useService({ DOCS: 'on' });
  beforeEach(() => {
    instagram.seen.length = 0;
    service.logs.lines.length = 0;
  });
  afterEach(() => {
    // No input may reach Instagram, crash the service or put a secret into the log.
    expect(instagram.seen).toEqual([]);
    expect(service.logs.events('proxy.failed')).toEqual([]);
    expect(service.logs.events('request.failed')).toEqual([]);
    expect(service.logs.mentions(OMNIWEAR.token)).toBe(false);
  });

  const expectProblem = (answer: Answer, status: number): void => {
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail: expect.any(String),
    });
    expectClean(answer);
  };
  const expectRefusal = (answer: Answer, code: string, message?: string | RegExp): void => {
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json).toMatchObject({ ok: false, error: { code } });
    if (message !== undefined) {
      expect((answer.json.error as { message: string }).message).toMatch(message);
    }
    expectClean(answer);
  };
  const expectClean = (answer: Answer): void => {
    expect(answer.text).not.toMatch(/node_modules|\bat \w.*:\d+:\d+|\.ts:/);
    expect(answer.text.includes(service.metadata)).toBe(false);
    expect(answer.text.includes(OMNIWEAR.token)).toBe(false);
  };

  describe('in the envelope', () => {
    it.each([
      ['nothing', ''],
      ['other fields', 'metadata=x&state='],
      ['no metadata', form({ client_data: JSON.stringify(PHOTO) })],
      ['metadata twice', 'instance_metadata=a&instance_metadata=b&client_data={}'],
      ['client_data twice', 'instance_metadata=a&client_data={}&client_data={}'],
    ])('is rejected for a form with %s', async (_, body) => {
      expectProblem(await service.post('/like', body), 400);
    });

    it.each([
      ['an array', '[]'],
      ['null', 'null'],
      ['a text', '"instance_metadata"'],
      ['metadata as an object', '{"instance_metadata":{},"client_data":"{}"}'],
      ['metadata as a number', '{"instance_metadata":5}'],
      ['metadata null', '{"instance_metadata":null}'],
      ['client_data as an object', '{"instance_metadata":"a","client_data":{}}'],
      ['cut JSON', '{"instance_metadata":"a"'],
      ['__proto__', '{"instance_metadata":"a","__proto__":{"x":1}}'],
      ['nothing', ''],
    ])('is rejected for JSON with %s', async (_, body) => {
      expectProblem(await service.post('/like', body, JSON_TYPE), 400);
    });

    it.each(['text/plain', 'text/html', 'application/xml', 'multipart/form-data'])(
      'is rejected for the type %s',
      async (type) => {
        expectProblem(await service.post('/like', 'instance_metadata=a', type), 415);
      },
    );

    it('is rejected above 1 MiB', async () => {
      const body = form({ instance_metadata: 'a', client_data: 'x'.repeat(1_048_576) });
      expectProblem(await service.post('/like', body), 413);
    });

    it('is rejected with 60,000 other fields', async () => {
      const others = Array.from({ length: 60_000 }, (_, index) => `"k${String(index)}":1`);
      expectProblem(await service.post('/like', `{${others.join(',')}}`, JSON_TYPE), 400);
    });

    it('treats client_data null in JSON as {}', async () => {
      const body = JSON.stringify({ instance_metadata: service.metadata, client_data: null });
      expectRefusal(await service.post('/like', body, JSON_TYPE), 'invalid_request', /exactly one/);
    });

    it('is answered with the expected format', async () => {
      const answer = await service.post('/like', 'instance_metadata=a&instance_metadata=b');
      expect(answer.json.detail).toMatch(/instance_metadata must be given once, as a string/);
    });
  });

  describe('in the address', () => {
    it.each(['/nothing', '/like/', '/Like?access_token=planted-secret', '/.env'])(
      '%s is rejected without being quoted',
      async (path) => {
        const answer = await service.request('GET', path);
        expectProblem(answer, 404);
        expect(answer.text).not.toContain('planted');
        expect(service.logs.mentions('planted')).toBe(false);
      },
    );

    it('cannot leave the folder of Swagger UI', async () => {
      const answer = await service.request('GET', '/docs/../../package.json');
      expect([403, 404]).toContain(answer.status);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    });

    it('is rejected for a malformed address with the headers of every other answer', async () => {
      const answer = await service.request('GET', '/like/%zz');
      expectProblem(answer, 400);
      expect(answer.headers).toMatchObject({
        'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
        'x-content-type-options': 'nosniff',
      });
    });
  });

  describe('in client_data', () => {
    const refused: [string, string | object, RegExp][] = [
      ['not JSON', '{"media_id":', /not JSON/],
      ['a text', '"liked"', /not a JSON object/],
      ['a number', '5', /not a JSON object/],
      ['an array', '[{"media_id":"1"}]', /not a JSON object/],
      ['nested deep', `${'{"a":'.repeat(50)}1${'}'.repeat(50)}`, /nested too deep/],
      ['nested 30,000 deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, /not a JSON object/],
      [
        'an object nested 10,000 deep',
        `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
        /too deep/,
      ],
      ['__proto__', '{"media_id":"1","liked":"true","__proto__":{"ok":true}}', /not JSON that/],
      ['constructor', '{"constructor":{"prototype":{"ok":true}}}', /not JSON that/],
      ['more than 64 kB', JSON.stringify({ media_id: '1'.repeat(70_000) }), /more than 65536/],
      [
        'more than 100 fields',
        Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${String(index)}`, 1])),
        /more than 100 fields/,
      ],
      ['empty', '', /give exactly one of media_id, comment_id/],
      ['null', 'null', /give exactly one of media_id, comment_id/],
      ['an id of 31 digits', { media_id: '1'.repeat(31), liked: true }, /1 to 30 digits/],
      ['an id with letters', { media_id: '17x', liked: true }, /1 to 30 digits/],
      ['an empty id', { media_id: '', liked: true }, /1 to 30 digits/],
      ['an id with a path', { media_id: '../me', liked: true }, /1 to 30 digits/],
      ['an id with a line end', { media_id: '17\n', liked: true }, /1 to 30 digits/],
      ['an id as a number', { media_id: 17895695668004550, liked: true }, /1 to 30 digits/],
      ['an id as a list', { media_id: ['17'], liked: true }, /1 to 30 digits/],
      ['an id that is null', { media_id: null, liked: true }, /1 to 30 digits/],
      ['both ids', { media_id: '17', comment_id: '18', liked: true }, /exactly one/],
      ['neither id', { liked: true }, /exactly one/],
      ['no liked', PHOTO, /liked must be true, false/],
      ['liked 1', { ...PHOTO, liked: 1 }, /liked must be true, false/],
      ['liked "yes"', { ...PHOTO, liked: 'yes' }, /liked must be true, false/],
      ['liked "TRUE"', { ...PHOTO, liked: 'TRUE' }, /liked must be true, false/],
      ['liked null', { ...PHOTO, liked: null }, /liked must be true, false/],
      ['liked as a list', { ...PHOTO, liked: [true] }, /liked must be true, false/],
      ['an unknown field', { ...PHOTO, liked: true, ig_user_id: '1' }, /ig_user_id is not a field/],
      ['targets', { targets: [PHOTO], liked: true }, /targets is not a field/],
      ['toString', { ...PHOTO, liked: true, toString: 1 }, /toString is not a field/],
    ];
    it.each(refused)('is rejected by /like: %s', async (_, data, message) => {
      expectRefusal(await service.proxy('/like', data), 'invalid_request', message);
    });

    const many = (count: number): object[] => Array.from({ length: count }, () => PHOTO);
    const refusedState: [string, object, RegExp][] = [
      ['0 targets', { targets: [] }, /at least one/],
      ['51 targets', { targets: many(51) }, /at most 50/],
      ['101 targets', { targets: many(101) }, /more than 100 fields or entries/],
      ['targets that are no list', { targets: PHOTO }, /must be a list/],
      ['targets null', { targets: null }, /must be a list/],
      ['a target that is a text', { targets: ['17'] }, /targets/],
      ['a target that is null', { targets: [null] }, /targets/],
      ['a target that is an empty list', { targets: [[]] }, /targets/],
      ['a target that is a list', { targets: [[PHOTO]] }, /too deep/],
      [
        'an empty target',
        { targets: [{}] },
        /targets\.0: give exactly one of media_id, comment_id/,
      ],
      ['a target with both ids', { targets: [{ media_id: '1', comment_id: '2' }] }, /exactly one/],
      ['a target with more', { targets: [{ ...PHOTO, liked: true }] }, /liked is not a field/],
      ['a target and targets', { ...PHOTO, targets: [PHOTO] }, /exactly one/],
      ['nothing', {}, /exactly one/],
      ['liked', { ...PHOTO, liked: true }, /liked is not a field/],
    ];
    it.each(refusedState)('is rejected by /like/state: %s', async (_, data, message) => {
      expectRefusal(await service.proxy('/like/state', data), 'invalid_request', message);
    });

    it('is rejected at 640 kB, just below the limit of the body', async () => {
      const data = JSON.stringify({ media_id: '1'.repeat(640_000), liked: true });
      const body = JSON.stringify({ instance_metadata: service.metadata, client_data: data });
      expectRefusal(await service.post('/like', body, JSON_TYPE), 'invalid_request', /more than/);
    });

    it('is answered with only the beginning of a long field name', async () => {
      const answer = await service.proxy('/like', { ['x'.repeat(60_000)]: 1 });
      expectRefusal(answer, 'invalid_request');
      expect(answer.text.length).toBeLessThan(1000);
    });
  });

  describe('in the metadata', () => {
    /** Seals with the service's key, with any header and content. */
    const sealByHand = (header: object, plaintext: string): Promise<string> =>
      new CompactEncrypt(Buffer.from(plaintext))
        .setProtectedHeader({
          alg: 'dir',
          enc: 'A256GCM',
          kid: 'test',
          typ: 'ig-account+jwe',
          ...header,
        })
        .encrypt(Buffer.from(TEST_KEY.split(':')[1] ?? '', 'base64url'));
    const account = (change: object): string =>
      JSON.stringify({ v: 1, ...OMNIWEAR_ACCOUNT, ...change });

    const longAccount = account({ unknown: 'x'.repeat(4000) });

    it('gets the same answer for every reason why it cannot be opened', async () => {
      const flip = (text: string, at: number): string =>
        text.slice(0, at) + (text.charAt(at) === 'A' ? 'B' : 'A') + text.slice(at + 1);
      const { metadata } = service;
      const other = await TestService.start({ CREDENTIALS_KEYS: OTHER_KEY });
      const parts = metadata.split('.');
      const bodyAt = metadata.lastIndexOf('.') - 40;
      const broken = {
        empty: '',
        'no seal': 'hello',
        'JSON in place of a seal': account({}),
        truncated: metadata.slice(0, -20),
        'without its tag': parts.slice(0, 4).join('.'),
        'one bit changed in the text': flip(metadata, bodyAt),
        'one bit changed in the header': flip(metadata, 10),
        'one bit changed in the iv': flip(metadata, (parts[0]?.length ?? 0) + 3),
        'one bit changed in the tag': flip(metadata, metadata.length - 10),
        'of another key': await other.seal({}),
        'of another key id': await sealByHand({ kid: 'gone' }, account({})),
        'of another typ': await sealByHand({ typ: 'pending+jwe' }, account({})),
        'without typ': await sealByHand({ typ: undefined }, account({})),
        'of 6,000 characters': metadata.padEnd(6000, 'A'),
        'of more than 5,000 characters, but valid': await sealByHand({}, longAccount),
      };
      await other.stop();
      expect(broken['of more than 5,000 characters, but valid'].length).toBeGreaterThan(5000);
      const answers = new Set<string>();
      for (const blob of Object.values(broken)) {
        const answer = await service.proxy('/like', { ...PHOTO, liked: true }, blob);
        expectRefusal(answer, 'metadata_invalid', 'cannot open');
        answers.add(answer.text);
      }
      expect(answers.size).toBe(1);
    });

    it.each([
      ['an earlier version', account({ v: 0 })],
      ['no token', account({ user_token: undefined })],
      ['no scopes', account({ scopes: undefined })],
      ['an invalid id', account({ ig_user_id: '../me' })],
      ['a token with a line end', account({ user_token: 'a\r\nb' })],
      ['no JSON inside', 'hello'],
      ['a list inside', '[]'],
      ['null inside', 'null'],
      ['__proto__ inside', account({}).replace('{', '{"__proto__":{"v":1},')],
    ])('asks to reconnect when it holds %s', async (_, plaintext) => {
      const metadata = await sealByHand({}, plaintext);
      const answer = await service.proxy('/like', { ...PHOTO, liked: true }, metadata);
      expectRefusal(answer, 'metadata_invalid', 'incomplete or was connected with another version');
      expect(answer.json.error).toMatchObject({
        status: 401,
        fix: expect.stringMatching(/reconnect/),
      });
    });

    it('asks to reconnect when its token has expired', async () => {
      const metadata = await service.seal({ expires_at: '2026-01-01T00:00:00Z' });
      const answer = await service.proxy('/like', { ...PHOTO, liked: true }, metadata);
      expectRefusal(answer, 'auth_expired');
      expect(answer.json.error).toMatchObject({
        status: 401,
        fix: expect.stringMatching(/reconnect/),
      });
    });

    it('is checked before client_data', async () => {
      expectRefusal(await service.proxy('/like', 'not JSON', 'not sealed'), 'metadata_invalid');
    });
  });
});
