import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { OMNIWEAR, SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { sealAsEarlier, TEST_KEY } from './support/keys.js';
import { runNode } from './support/run.js';
import { type Answer, form, TestService, useService } from './support/service.js';

const DAY_SECONDS = 86_400;
const META_APP = { META_APP_ID: SANDBOX_APP.id, META_APP_SECRET: SANDBOX_APP.secret };
const RETURN_URL = 'https://omniwear.zendesk.com/x';
const LIKE = { media_id: OMNIWEAR.photoId, liked: true };

const readHeader = (metadata: unknown): Record<string, unknown> =>
  JSON.parse(Buffer.from(String(metadata).split('.')[0] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
const field = (page: Answer, name: string): string =>
  new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(page.text)?.[1] ?? '';

describe('the seal of an account', () => {
  const { instagram, service } = useService(META_APP, { per: 'test' });
  /** Another process with the same settings and more. */
  const start = (environment: Record<string, string>): Promise<TestService> =>
    TestService.start({ INSTAGRAM_GRAPH_URL: instagram.url, ...META_APP, ...environment });
  const pull = (metadata: string, at = service): Promise<Answer> =>
    at.post('/pull', form({ metadata, state: '' }));
  const begin = (fields: Record<string, string>, at = service): Promise<Answer> =>
    at.post('/admin_ui', form({ subdomain: 'omniwear', return_url: RETURN_URL, ...fields }));
  const finish = (page: Answer, at = service): Promise<Answer> =>
    at.post('/admin/finish', form({ set_up: field(page, 'set_up'), name: 'x', threads: 'media' }));
  const keys = async (at: TestService): Promise<string> => {
    const command = ['dist/cli/metadata.cli.js', 'keys'];
    const run = await runNode(command, { CREDENTIALS_KEYS: TEST_KEY }, at.logs.lines.join('\n'));
    return run.stdout;
  };

  it("does not reveal by a setup's length whether Zendesk's text repeats the token", async () => {
    const { metadata } = service;
    const token = OMNIWEAR.token;
    const guess = (shared: number): string =>
      `${token.slice(0, shared)}${'~'.repeat(token.length)}`.slice(0, token.length).repeat(20);
    const lengths = new Set<number>();
    for (let shared = 0; shared <= token.length; shared += 3) {
      const page = await begin({
        metadata,
        state: guess(shared),
        name: guess(shared).slice(0, 200),
      });
      lengths.add(field(page, 'set_up').length);
    }
    expect([...lengths]).toEqual([expect.any(Number)]);
    expect([...lengths][0]).toBeGreaterThan(1000);
  });

  it.each([
    ['deflated', true],
    ['not deflated', false],
  ])('from an earlier version, %s, is renewed by the next pull', async (_, deflated) => {
    const earlier = await sealAsEarlier({ v: 1, ...OMNIWEAR_ACCOUNT }, { deflated });
    const { status, json } = await pull(earlier);
    expect(status).toBe(200);
    const iat = Math.floor(service.clock.now() / 1000);
    const header = readHeader(json.metadata);
    expect(header).toMatchObject({ kid: 'test', kdf: 'HKDF-SHA256', iat: expect.any(Number) });
    expect(header).not.toHaveProperty('zip');
    expect(Math.abs(Number(header.iat) - iat)).toBeLessThan(5);
    const next = await pull(String(json.metadata));
    expect(next.json).not.toHaveProperty('metadata');
    expect((await service.proxy('/like', LIKE, String(json.metadata))).json.ok).toBe(true);
    // Zendesk may have sent a call before it stored the new seal.
    expect((await service.proxy('/like', LIKE, earlier)).json.ok).toBe(true);
  });

  it('from an earlier version is renewed by a reply and by an edit', async () => {
    const earlier = await sealAsEarlier({ v: 1, ...OMNIWEAR_ACCOUNT });
    const reply = await service.post(
      '/channelback',
      form({
        metadata: earlier,
        message: 'Thanks!',
        parent_id: `media:${OMNIWEAR.photoId}`,
        request_unique_identifier: 'r1',
      }),
    );
    expect(readHeader(reply.json.metadata)).toHaveProperty('iat');
    const done = await finish(await begin({ metadata: earlier }));
    expect(readHeader(field(done, 'metadata'))).toHaveProperty('iat');
  });

  it('is renewed and logged by a pull when it is a week old', async () => {
    const renewals = (): unknown[] =>
      service.logs.lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ route }) => route === '/pull')
        .map(({ renewed }) => renewed);
    service.clock.advance(7 * DAY_SECONDS - 60);
    expect((await pull(service.metadata)).json).not.toHaveProperty('metadata');
    service.clock.advance(120);
    const { json } = await pull(service.metadata);
    expect(Number(readHeader(json.metadata).iat)).toBeGreaterThan(
      Number(readHeader(service.metadata).iat) + 7 * DAY_SECONDS - 1,
    );
    expect(renewals()).toEqual([undefined, true]);
  });

  it('is listed by the keys command with the oldest one first', async () => {
    await pull(await sealAsEarlier({ v: 1, ...OMNIWEAR_ACCOUNT, subdomain: 'trailhead' }));
    await pull(service.metadata);
    const early = await keys(service);
    expect(early).toMatch(
      /1 account on a seal without a time: .*\n +\d+ at trailhead, last pulled/,
    );
    const renewed = await service.seal({ subdomain: 'trailhead' });
    service.clock.advance(60);
    await pull(renewed);
    const oldest = new Date(Number(readHeader(service.metadata).iat) * 1000).toISOString();
    const report = await keys(service);
    expect(report).toContain(`${oldest}  ${OMNIWEAR.igUserId} at omniwear`);
    expect(report).toContain('CREDENTIALS_NOT_BEFORE may be the first of these times');
    expect(report).not.toContain('without a time');
  });

  describe('from before CREDENTIALS_NOT_BEFORE', () => {
    const moment = (): string => new Date(Date.now() - 60_000).toISOString();

    it('cannot be opened, while renewed accounts keep working', async () => {
      const leaked = await sealAsEarlier({ v: 1, ...OMNIWEAR_ACCOUNT });
      const living = String((await pull(leaked)).json.metadata);
      const strict = await start({ CREDENTIALS_NOT_BEFORE: moment() });
      const foreign = await strict.proxy('/like', LIKE, 'nonsense');
      // Twice: an account that is cached must not open either.
      for (const metadata of [leaked, leaked]) {
        const heart = await strict.proxy('/like', LIKE, metadata);
        expect([heart.status, heart.json]).toEqual([foreign.status, foreign.json]);
        expect((await pull(metadata, strict)).status).toBe(401);
      }
      expect((await strict.proxy('/like', LIKE, living)).json.ok).toBe(true);
      expect((await pull(living, strict)).status).toBe(200);
      await strict.stop();
    });

    it('makes the admin reconnect, and the new account opens', async () => {
      const leaked = await sealAsEarlier({ v: 1, ...OMNIWEAR_ACCOUNT });
      const strict = await start({ CREDENTIALS_NOT_BEFORE: moment() });
      const page = await begin({ metadata: leaked, name: 'Shop' }, strict);
      expect(page.status).toBe(200);
      expect(page.text).toContain('cannot be opened with this service');
      const connected = await strict.post(
        '/admin/token',
        form({ set_up: field(page, 'set_up'), token: OMNIWEAR.token }),
      );
      const metadata = field(await finish(connected, strict), 'metadata');
      expect((await strict.proxy('/like', LIKE, metadata)).json.ok).toBe(true);
      await strict.stop();
    });
  });
});
