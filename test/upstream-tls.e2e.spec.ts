import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CertificateOptions, loopbackCertificate } from '../sandbox/certificate.js';
import type { Fault } from '../sandbox/instagram/faults.js';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { type MainProcess, startMain } from './support/main.js';
import { runNode } from './support/run.js';
import { FORM, form, TEST_KEY } from './support/service.js';

const PHOTO = { media_id: OMNIWEAR.photoId };

/** Node reads whom it trusts once, at its start, so the service runs as a process of its own here. */
describe('an Instagram over TLS', () => {
  let directory: string;
  let metadata: string;
  let instagram: RunningInstagram | undefined;
  let service: MainProcess | undefined;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'upstream-tls-'));
    const sealed = await runNode(
      ['dist/cli/metadata.cli.js', 'seal'],
      { CREDENTIALS_KEYS: TEST_KEY },
      JSON.stringify(OMNIWEAR_ACCOUNT),
    );
    metadata = sealed.stdout.trim();
  });
  afterEach(async () => {
    await service?.stop();
    await instagram?.stop();
    expect(service?.lines.join('\n').includes(OMNIWEAR.token)).toBe(false);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const start = async (
    certificate: CertificateOptions,
    environment: (certFile: string) => Record<string, string>,
  ): Promise<void> => {
    const tls = await loopbackCertificate(certificate);
    const certFile = join(directory, 'certificate.pem');
    writeFileSync(certFile, tls.cert);
    instagram = await startInstagram(tls);
    service = await startMain({
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS: TEST_KEY,
      DATABASE_URL: 'sqlite::memory:',
      PORT: '0',
      INSTAGRAM_GRAPH_URL: instagram.url,
      ...environment(certFile),
    });
  };
  const trusting = (certFile: string): Record<string, string> => ({
    NODE_EXTRA_CA_CERTS: certFile,
  });
  const call = async (path: string, data: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${service?.url ?? ''}${path}`, {
      method: 'POST',
      headers: { 'content-type': FORM },
      body: form({ instance_metadata: metadata, client_data: JSON.stringify(data) }),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const like = (liked: boolean): Promise<Record<string, unknown>> =>
    call('/like', { ...PHOTO, liked });
  const source = async (): Promise<unknown> => (await call('/like/state', PHOTO)).source;
  const arm = (fault: Fault): void => {
    instagram?.faults.arm({ fault, times: 1 });
  };

  it('that cuts a fresh connection after reading leaves the outcome open', async () => {
    await start({}, trusting);
    arm({ kind: 'cut_after' });
    expect(await like(true)).toMatchObject({ error: { code: 'platform_unavailable' } });
    expect(await source()).toBe('pending');
    expect(instagram?.world.listLikes(OMNIWEAR.igUserId)).toEqual([OMNIWEAR.photoId]);
  });

  it('that cuts a connection it answered on before leaves the outcome open', async () => {
    await start({}, trusting);
    expect(await like(true)).toMatchObject({ ok: true });
    arm({ kind: 'cut_after' });
    expect(await like(false)).toMatchObject({ error: { code: 'platform_unavailable' } });
    expect(await source()).toBe('pending');
    expect(instagram?.world.listLikes(OMNIWEAR.igUserId)).toEqual([]);
  });

  it.each<[string, CertificateOptions, (certFile: string) => Record<string, string>]>([
    ['for another host', { host: 'graph.example' }, trusting],
    ['that has ended', { endsAt: new Date(Date.now() - 60_000) }, trusting],
    [
      'that nobody vouches for, where the environment switches the check off',
      {},
      () => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
    ],
  ])('with a certificate %s gets nothing', async (_, certificate, environment) => {
    await start(certificate, environment);
    expect(await like(true)).toMatchObject({ error: { code: 'platform_unavailable' } });
    expect(await source()).toBe('none');
    expect(instagram?.seen).toEqual([]);
  });
});
