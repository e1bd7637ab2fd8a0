import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CertificateOptions, loopbackCertificate } from '../sandbox/certificate.js';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { sealOmniwear } from './support/account.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from './support/main.js';

const PHOTO = { media_id: OMNIWEAR.photoId };

/** Node reads the trusted certificates at its start, so each test starts a service process. */
describe('an Instagram over TLS', () => {
  let directory: string;
  let metadata: string;
  let instagram: RunningInstagram | undefined;
  let service: MainProcess | undefined;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'upstream-tls-'));
    metadata = await sealOmniwear();
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
      ...PROCESS_SETTINGS,
      DATABASE_URL: 'sqlite::memory:',
      INSTAGRAM_GRAPH_URL: instagram.url,
      ...environment(certFile),
    });
  };
  const trusting = (certFile: string): Record<string, string> => ({
    NODE_EXTRA_CA_CERTS: certFile,
  });
  const call = (path: string, data: object): Promise<Record<string, unknown>> => {
    if (service === undefined) throw new Error('the service is not started');
    return service.proxy(path, data, metadata);
  };
  const like = (liked: boolean): Promise<Record<string, unknown>> =>
    call('/like', { ...PHOTO, liked });
  const source = async (): Promise<unknown> => (await call('/like/state', PHOTO)).source;

  it('that cuts a new connection after reading leaves the outcome unknown', async () => {
    await start({}, trusting);
    instagram?.failNext('cut_after');
    expect(await like(true)).toMatchObject({ error: { code: 'platform_unavailable' } });
    expect(await source()).toBe('pending');
    expect(instagram?.world.listLikes(OMNIWEAR.igUserId)).toEqual([OMNIWEAR.photoId]);
  });

  it('that cuts a reused connection leaves the outcome unknown', async () => {
    await start({}, trusting);
    expect(await like(true)).toMatchObject({ ok: true });
    instagram?.failNext('cut_after');
    expect(await like(false)).toMatchObject({ error: { code: 'platform_unavailable' } });
    expect(await source()).toBe('pending');
    expect(instagram?.world.listLikes(OMNIWEAR.igUserId)).toEqual([]);
  });

  it.each<[string, CertificateOptions, (certFile: string) => Record<string, string>]>([
    ['for another host', { host: 'graph.example' }, trusting],
    ['that has expired', { endsAt: new Date(Date.now() - 60_000) }, trusting],
    [
      'that is untrusted, when the environment disables the check',
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
