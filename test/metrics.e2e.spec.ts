import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { loopbackCertificate } from '../sandbox/certificate.js';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { Catalogue } from '../src/metrics/catalogue.js';
import { MetricsServer } from '../src/metrics/metrics-server.js';
import { pull } from './support/pulls.js';
import { TestService, useService } from './support/service.js';

/** More likes at once than the pace of an account lets pass without a wait. */
const BURST = 24;
const USAGE = JSON.stringify({ call_count: 41, total_time: 3, total_cputime: 2 });

describe('GET /metrics', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metrics-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const { instagram, service } = useService(async () => {
    const { cert, key } = await loopbackCertificate();
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    return {
      METRICS_PORT: '0',
      TLS_CERT_FILE: join(folder, 'cert.pem'),
      TLS_KEY_FILE: join(folder, 'key.pem'),
    };
  });
  const scrape = async (): Promise<string> => {
    const { address = '' } = service.app.get(MetricsServer);
    return (await fetch(`${address}/metrics`)).text();
  };
  /** The values of a metric by their labels, such as `{action="like",outcome="ok"}`. */
  const read = async (name: string): Promise<Record<string, number>> => {
    const lines = (await scrape()).split('\n').filter((line) => !line.startsWith('#'));
    return Object.fromEntries(
      lines
        .map((line) => /^([^{ ]+)(\{.*\})? (\S+)$/.exec(line))
        .filter((match) => match?.[1] === name)
        .map((match) => [match?.[2] ?? '', Number(match?.[3])]),
    );
  };

  beforeAll(async () => {
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
    const body = JSON.stringify({ data: [] });
    instagram.failNext({ kind: 'answer', status: 200, body, headers: { 'x-app-usage': USAGE } });
    await pull(service);
    await pull(service, undefined, await service.seal({ expires_at: 4_000_000_000 }));
    // The answer is lost, so the like is pending.
    instagram.failNext('cut_after');
    await service.proxy('/like', { media_id: OMNIWEAR.reelId, liked: true });
    await Promise.all(
      Array.from({ length: BURST }, (_, index) =>
        service.proxy('/like', { media_id: `1789000000000${String(index)}`, liked: true }),
      ),
    );
    instagram.failNext('graph_error', { code: 190 });
    await service.proxy('/account', {});
  });

  it('counts what agents did, by the outcome', async () => {
    const actions = await read('instagram_proxy_actions_total');
    expect(actions['{action="like",outcome="ok"}']).toBe(1);
    expect(actions['{action="like",outcome="deadline_exceeded"}'] ?? 0).toBe(0);
    expect(actions['{action="pull",outcome="ok"}']).toBe(2);
    expect(actions['{action="account",outcome="auth_expired"}']).toBe(1);
    expect(await read('instagram_proxy_pending_likes')).toEqual({ '': 1 });
  });

  it("counts the calls to Meta by Meta's code", async () => {
    const calls = await read('instagram_proxy_upstream_calls_total');
    expect(calls['{operation="like",outcome="ok",graph_code="none"}']).toBe(1);
    expect(calls['{operation="read",outcome="auth_expired",graph_code="190"}']).toBe(1);
    expect(await read('instagram_proxy_gate_closed_total')).toEqual({ '{reason="token"}': 1 });
  });

  it('moves each metric of the catalogue', async () => {
    const registry = new Registry();
    new Catalogue(registry);
    const text = await scrape();
    const still = registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => !new RegExp(`^${name}(?:_count)?(?:\\{.*\\})? [1-9]`, 'm').test(text))
      // Node's own: a short run may have no collection, and no handle of a kind.
      .filter((name) => !/^(?:nodejs|process)_/.test(name));
    expect(still).toEqual([]);
  });

  it('shows no id, name, token or text', async () => {
    const text = await scrape();
    expect(text).toContain('instagram_proxy_last_pull_timestamp_seconds{account="');
    for (const secret of [OMNIWEAR.igUserId, OMNIWEAR.token, OMNIWEAR.username, 'omniwear']) {
      expect(text.includes(secret)).toBe(false);
    }
  });

  it('is served at its own port alone, and nothing else is served there', async () => {
    const { address = '' } = service.app.get(MetricsServer);
    expect((await service.request('GET', '/metrics')).status).toBe(404);
    for (const [path, method, status] of [
      ['/', 'GET', 404],
      ['/like', 'POST', 404],
      ['/metrics', 'POST', 405],
      ['/metrics?x=1', 'GET', 404],
    ] as const) {
      expect([path, (await fetch(`${address}${path}`, { method })).status]).toEqual([path, status]);
    }
  });

  it('is off without METRICS_PORT', async () => {
    const other = await TestService.start({});
    expect(other.app.get(MetricsServer).address).toBeUndefined();
    await other.stop();
  });

  it('stops the start if its port is taken', async () => {
    const { port } = new URL(service.app.get(MetricsServer).address ?? '');
    await expect(TestService.start({ METRICS_PORT: port })).rejects.toThrow('METRICS_PORT');
  });
});
