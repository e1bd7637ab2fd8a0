import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loopbackCertificate } from '../sandbox/certificate.js';
import { OMNIWEAR, SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { anyPort } from '../sandbox/ports.js';
import { startInstagram, useInstagram } from './support/instagram.js';
import { type Run, runNode } from './support/run.js';
import { OTHER_KEY, TEST_KEY, TestService } from './support/service.js';

const TOKEN = `EAAplanted${'u'.repeat(60)}`;
const PAGE_TOKEN = `EAAplanted${'p'.repeat(60)}`;

describe('npm run live-check', () => {
  const instagram = useInstagram();
  let directory: string;
  let metadata: string;
  /** Metadata of an account whose token is one letter. */
  let short: string;
  let logFile: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'live-check-'));
    logFile = join(directory, 'service.log');
    const { tokens } = instagram.world;
    for (const [planted, known] of [
      [TOKEN, OMNIWEAR.token],
      [PAGE_TOKEN, OMNIWEAR.pageToken],
    ] as const) {
      const token = tokens.get(known);
      if (token !== undefined) tokens.set(planted, token);
    }
    const service = await TestService.start({ INSTAGRAM_GRAPH_URL: instagram.url });
    metadata = await service.seal({ user_token: TOKEN, page_token: PAGE_TOKEN });
    short = await service.seal({ user_token: 'p', page_token: undefined });
    await service.proxy('/like/state', { media_id: OMNIWEAR.photoId });
    await service.proxy('/like/state', { media_id: OMNIWEAR.photoId });
    expect(service.logs.events('proxy.first_call')).toHaveLength(1);
    writeFileSync(logFile, service.logs.lines.join('\n'));
    await service.stop();
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  beforeEach(() => {
    instagram.faults.clear();
    instagram.seen.length = 0;
    instagram.world.clock.advance(60);
  });

  const check = async (
    args: string[],
    environment: Record<string, string> = {},
    input = metadata,
  ): Promise<Run> => {
    const run = await runNode(
      ['dist/cli/live-check.cli.js', ...args],
      {
        PUBLIC_URL: 'https://channel.example',
        CREDENTIALS_KEYS: TEST_KEY,
        INSTAGRAM_GRAPH_URL: instagram.url,
        META_APP_ID: SANDBOX_APP.id,
        META_APP_SECRET: SANDBOX_APP.secret,
        ...environment,
      },
      input,
    );
    const secrets = [TOKEN, PAGE_TOKEN, SANDBOX_APP.secret, metadata, TEST_KEY];
    const printed = run.stdout + run.stderr;
    expect(secrets.some((secret) => printed.includes(secret))).toBe(false);
    return run;
  };

  it('writes nothing by default', async () => {
    const { code, stdout } = await check([]);
    expect(code).toBe(0);
    expect(instagram.seen.map(({ method }) => method)).not.toContain('POST');
    expect(instagram.seen.map(({ method }) => method)).not.toContain('DELETE');
    expect(stdout).toMatch(/^Live check of account …1844/);
    expect(stdout).toMatch(
      /ok {9}Does debug_token describe the user token.*\n.*valid; type USER; of this app/,
    );
    expect(stdout).toMatch(/ok {9}Does debug_token describe the Page token.*\n.*type PAGE/);
    expect(stdout).toMatch(/no answer {2}Is there an undocumented GET/);
    expect(stdout).toMatch(/Is there a field has_liked\?\n.*Meta did not return it/);
    expect(stdout).toMatch(/not tried {2}Questions that need a like/);
    expect(stdout).toMatch(/not tried {2}How does a proxied call/);
  });

  it('likes and unlikes with each token when it may write', async () => {
    const { code, stdout } = await check(['--write']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/May the user token like, with the id as JSON\?\n.*success: true/);
    expect(stdout).toMatch(/May the user token unlike a post that is not liked\?\n.*success: true/);
    // The stand-in's Page token lacks the permission.
    expect(stdout).toMatch(
      /refused {4}May the Page token like, with.*\n.*code 10, subcode none, status 400/,
    );
    expect(stdout).toMatch(
      /refused {4}Which code does liking an unknown post return\?\n.*code 100, subcode 33/,
    );
    expect(stdout).toMatch(/Which code does liking a story return\?\n.*code 100, subcode 33/);
    expect(instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([]);
  });

  it('compares no app when none is set', async () => {
    const { code, stdout } = await check([], { META_APP_ID: '', META_APP_SECRET: '' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/with the token itself.*\n.*type USER; app not compared/);
  });

  it('names the network’s error when Instagram cannot be reached', async () => {
    const port = await anyPort();
    const refused = await check([], { INSTAGRAM_GRAPH_URL: `http://127.0.0.1:${String(port)}` });
    expect(refused.code).toBe(0);
    expect(refused.stdout).toMatch(/no answer.*\n +platform_unavailable; ECONNREFUSED\n/);
    const secure = await startInstagram(await loopbackCertificate());
    const distrusted = await check([], { INSTAGRAM_GRAPH_URL: secure.url });
    await secure.stop();
    expect(distrusted.stdout).toMatch(
      /no answer.*\n +platform_unavailable; DEPTH_ZERO_SELF_SIGNED_CERT\n/,
    );
    // A read is repeated once.
    instagram.failNext('answer', { status: 502, body: '<html>', times: 2 });
    const unusable = await check([]);
    expect(unusable.stdout).toMatch(/no answer.*\n +platform_unavailable; status 502\n/);
  });

  it('reports on a token that is too short to be distinguished from words', async () => {
    const { code, stdout } = await check([], {}, short);
    expect(code).toBe(0);
    expect(stdout).toMatch(/refused {4}Can the posts be read\?\n.*code 190/);
  });

  it('reads the form of a proxied call from the service’s log', async () => {
    const { stdout } = await check(['--log', logFile]);
    expect(stdout).toMatch(/How does a proxied call.*\n.*form; headers: .*content-type/);
    writeFileSync(join(directory, 'empty.log'), '{}\nx\n');
    const none = await check(['--log', join(directory, 'empty.log')]);
    expect(none.stdout).toMatch(/no answer {2}How does a proxied call/);
  });

  it('quotes no answer of Meta, even when it contains secrets', async () => {
    instagram.failNext('echo_token', { times: 50 });
    const { code, stdout } = await check(['--write']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/refused {4}Can the posts be read\?/);
  });

  it('explains a problem with its input', async () => {
    const usage = await check(['--all']);
    expect([usage.code, usage.stderr]).toEqual([1, expect.stringMatching(/^Usage: npm run/)]);
    const foreign = await check([], { CREDENTIALS_KEYS: OTHER_KEY });
    expect([foreign.code, foreign.stderr]).toEqual([1, expect.stringMatching(/cannot open/)]);
    const noLog = await check(['--log', join(directory, 'none')]);
    expect([noLog.code, noLog.stderr]).toEqual([1, expect.stringMatching(/log cannot be read/)]);
    const unset = await check([], { PUBLIC_URL: '' });
    expect([unset.code, unset.stderr]).toEqual([1, expect.stringMatching(/PUBLIC_URL is not set/)]);
  });
});
