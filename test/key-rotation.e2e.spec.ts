import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OMNIWEAR, SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { useInstagram } from './support/instagram.js';
import { testKey } from './support/keys.js';
import { runNode } from './support/run.js';
import { type Answer, form, TestService } from './support/service.js';

const ACCOUNTS = 200;
const PULL = { event: 'request.answered', route: '/pull', time: '2026-11-25T10:00:00.000Z' };
const RETURN_URL = 'https://omniwear.zendesk.com/x';
const [K1, K2, K3] = [testKey('k1', '1'), testKey('k2', '2'), testKey('k3', '3')];

const readKid = (metadata: string): unknown =>
  (JSON.parse(Buffer.from(metadata.split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
    .kid;
const field = (page: string, name: string): string =>
  (new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(page)?.[1] ?? '').replace(
    /&#(\d+);/g,
    (_, code: string) => String.fromCharCode(Number(code)),
  );

/** 200 accounts at two processes that get other keys one after the other while agents call. */
describe('key rotation', () => {
  const instagram = useInstagram();
  let replicas: TestService[] = [];
  const accounts: string[] = [];
  const logs: string[] = [];
  let calls = 0;
  let isCalling = false;
  const failures: unknown[] = [];
  /** Unanswered calls of each process. */
  const underWay = new Map<TestService, number>();

  const start = (keys: string): Promise<TestService> =>
    TestService.start({
      CREDENTIALS_KEYS: keys,
      INSTAGRAM_GRAPH_URL: instagram.url,
      META_APP_ID: SANDBOX_APP.id,
      META_APP_SECRET: SANDBOX_APP.secret,
    });
  /** The next process in turn, as a load balancer picks it. */
  const replica = (): TestService => {
    const [first, ...others] = replicas;
    if (first === undefined) throw new Error('no process runs');
    replicas = [...others, first];
    return first;
  };
  /** Replaces one process after the other by one with other keys, once its calls are answered. */
  const deploy = async (keys: string): Promise<void> => {
    for (const old of [...replicas]) {
      const fresh = await start(keys);
      replicas = [...replicas.filter((each) => each !== old), fresh];
      while (isCalling && (underWay.get(old) ?? 0) > 0) await sleep(1);
      logs.push(...old.logs.lines);
      await old.stop();
    }
  };
  /** An agent at each of some accounts, who calls until the task ends or a call throws. */
  const keepCalling = async (first: number): Promise<void> => {
    for (let at = first; isCalling; at = (at + 7) % ACCOUNTS) {
      const path = at % 2 === 0 ? '/account' : '/like/state';
      const data = at % 2 === 0 ? {} : { media_id: OMNIWEAR.photoId };
      const service = replica();
      underWay.set(service, (underWay.get(service) ?? 0) + 1);
      try {
        const { json } = await service.proxy(path, data, accounts[at]);
        if (json.ok !== true) failures.push([path, json]);
      } finally {
        underWay.set(service, (underWay.get(service) ?? 0) - 1);
      }
      calls += 1;
      await sleep(5);
    }
  };
  /** Lets agents call during a task. A failure ends them, so no call outlives the test. */
  const whileAgentsCall = async (task: () => Promise<void>): Promise<void> => {
    isCalling = true;
    const agents = Promise.allSettled([0, 1, 2, 3].map(keepCalling));
    try {
      await task();
    } finally {
      isCalling = false;
      for (const agent of await agents) {
        if (agent.status === 'rejected') failures.push(agent.reason);
      }
    }
  };
  const pull = async (at: number): Promise<void> => {
    const answer = await replica().post('/pull', form({ metadata: accounts[at] ?? '', state: '' }));
    expect(answer.status).toBe(200);
    if (typeof answer.json.metadata === 'string') accounts[at] = answer.json.metadata;
  };
  const edit = async (at: number): Promise<void> => {
    const zendesk = { subdomain: 'omniwear', return_url: RETURN_URL, metadata: accounts[at] ?? '' };
    const page = await replica().post('/admin_ui', form(zendesk));
    const done = await replica().post(
      '/admin/finish',
      form({ set_up: field(page.text, 'set_up'), name: 'x', threads: 'media' }),
    );
    accounts[at] = field(done.text, 'metadata');
  };

  beforeAll(async () => {
    replicas = [await start(K1), await start(K1)];
    const token = instagram.world.tokens.get(OMNIWEAR.token);
    for (let index = 0; index < ACCOUNTS; index += 1) {
      const id = String(17_841_500_000_000_000n + BigInt(index));
      const username = `shop.${String(index)}`;
      instagram.world.users.set(id, { id, username, name: username, isPrivate: false });
      if (token !== undefined) {
        instagram.world.tokens.set(`token-${id}`, { ...token, igUserIds: [id] });
      }
      accounts.push(await replica().seal({ ig_user_id: id, username, user_token: `token-${id}` }));
    }
  }, 60_000);
  afterAll(async () => {
    isCalling = false;
    await Promise.all(replicas.map((service) => service.stop()));
  });

  it('fails no call in two rotations, and moves every account to the new key', async () => {
    await whileAgentsCall(async () => {
      for (const [old, fresh] of [
        [K1, K2],
        [K2, K3],
      ] as const) {
        // Each process must open the new key before one of them seals with it.
        await deploy(`${old},${fresh}`);
        await deploy(`${fresh},${old}`);
        for (let at = 0; at < ACCOUNTS; at += 1) await (at % 2 === 0 ? pull(at) : edit(at));
        const kids = new Set(accounts.map(readKid));
        expect([...kids]).toEqual([fresh.split(':')[0]]);
        await deploy(fresh);
      }
    });
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(500);
  }, 120_000);

  it('returns the new seal even when the login has ended', async () => {
    const service = await start(`${K1},${K3}`);
    const metadata = accounts[0] ?? '';
    for (const token of instagram.world.tokens.values()) token.endedBy = 460;
    const { json } = await service.post('/pull', form({ metadata, state: '' }));
    expect(json).toMatchObject({ external_resources: [], metadata_needs_update: true });
    expect(readKid(String(json.metadata))).toBe('k1');
    await service.stop();
  });

  it('is reported by the keys command for each key and its accounts', async () => {
    const run = (log: string): ReturnType<typeof runNode> =>
      runNode(['dist/cli/metadata.cli.js', 'keys'], { CREDENTIALS_KEYS: `${K3},${K2},${K1}` }, log);
    const bare = await run('');
    expect(bare.stdout).toMatch(/k3 {2}seals and opens\n {2}k2 {2}opens only/);
    expect(bare.stdout).toMatch(/What breaks if you remove it too early/);
    const line = (account: string, kid: string, more = {}): string =>
      JSON.stringify({ ...PULL, account, key: kid, ...more });
    const report = await run([...logs, 'no JSON', '[1]', line('17', 'k2')].join('\n'));
    expect(report.stdout).toMatch(/k2 {2}101 accounts: not yet\n/);
    expect(report.stdout).toMatch(/and 91 more/);
    expect(report.stdout).toMatch(/k1 {2}0 accounts: it can be retired/);
    const done = await run([line('17', 'k2'), line('17', 'k3')].join('\n'));
    expect(done.stdout).toMatch(/k3 {2}1 account\n {2}k2 {2}0 accounts: it can be retired/);
    const early = await run(line('17', 'taken-out'));
    expect(early.stdout).toMatch(/1 account is on a key that CREDENTIALS_KEYS does not have/);
    const joined = await run(
      [
        line('17', 'k3', { time: '2026-11-25T10:00:30.000Z' }),
        line('17', 'k2', { time: '2026-11-25T10:00:29.999Z' }),
        line('17', 'k1', { time: '2026-11-25T10:00:31.000Z', route: '/channelback' }),
      ].join('\n'),
    );
    expect(joined.stdout).toMatch(
      /k3 {2}1 account\n {2}k2 {2}0 accounts: .*\n {2}k1 {2}0 accounts/,
    );
    for (const { stdout } of [bare, report, done, early, joined]) {
      expect([K1, K2, K3].some((each) => stdout.includes(each.split(':')[1] ?? ''))).toBe(false);
    }
  });

  it('is reported for each Zendesk at which one account is connected', async () => {
    const service = await start(`${K3},${K1}`);
    const old = await start(K1);
    const seals = [];
    for (const subdomain of ['omniwear', 'trailhead']) seals.push(await old.seal({ subdomain }));
    await old.stop();
    const pull = (metadata = ''): Promise<Answer> =>
      service.post('/pull', form({ metadata, state: '' }));
    await pull(seals[0]);
    const { json } = await pull(seals[1]);
    await pull(String(json.metadata));
    const { stdout } = await runNode(
      ['dist/cli/metadata.cli.js', 'keys'],
      { CREDENTIALS_KEYS: `${K3},${K1}` },
      service.logs.lines.join('\n'),
    );
    expect(stdout).toMatch(
      /k3 {2}1 account\n {2}k1 {2}1 account: not yet\n +\d+ at omniwear, last/,
    );
    await service.stop();
  });
});
