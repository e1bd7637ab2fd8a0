import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONNECTION_LIMITS } from '../../src/common/http/connection-limits.js';
import { type Configuration, loadConfiguration } from '../../src/config/index.js';
import { TEST_KEY } from '../support/keys.js';
import { ROOT } from '../support/run.js';
import { readCaddyOption, readCompose, readSettings, readText, toMs } from './compose.js';
import {
  parseExecForm,
  readDockerfile,
  readDockerignore,
  readHealthCheck,
  readPairs,
  textsOf,
} from './dockerfile.js';

const SECRET_NAME = /KEY|SECRET|PASSWORD|TOKEN|CREDENTIAL/;
/** A name and a version, from the engine's own registry. */
const TAGGED_IMAGE = /^[a-z-]+:\d[\w.-]*$/;
const settings = new Set(readSettings());

describe('Dockerfile', () => {
  const stages = readDockerfile();
  const last = stages.at(-1);
  if (last === undefined) throw new Error('the Dockerfile has no stage');

  it('names the version of each base', () => {
    expect(stages.map(({ base }) => base)).toEqual(stages.map(() => 'node:24-bookworm-slim'));
  });

  it('runs the service as a user that owns none of its code', () => {
    expect(textsOf(last, 'USER')).toEqual(['node']);
    expect(textsOf(last, 'COPY').filter((text) => text.includes('--chown'))).toEqual([
      '--from=build --chown=node:node /src/image/data /data',
    ]);
  });

  it('contains only what the build wrote for it', () => {
    const sources = textsOf(last, 'COPY').map((text) => text.split(' ').at(-2));
    expect(sources).toEqual(['/src/image/app', '/src/image/data']);
    expect([...textsOf(last, 'RUN'), ...textsOf(last, 'ADD')]).toEqual([]);
  });

  it('starts and probes the service without a shell', () => {
    expect(parseExecForm(textsOf(last, 'CMD').at(-1) ?? '')).toEqual(['node', 'dist/main.js']);
    expect(textsOf(last, 'ENTRYPOINT')).toEqual([]);
    expect(readHealthCheck(last)).toEqual([
      'node',
      '-e',
      expect.stringContaining("'/health/live'"),
    ]);
    expect(textsOf(last, 'STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  it('has settings of the service in its environment, and no secret', () => {
    const environment = readPairs(last, 'ENV');
    expect(environment).toEqual({
      NODE_ENV: 'production',
      HOST: '0.0.0.0',
      DATABASE_URL: 'sqlite:/data/channel.db',
    });
    expect(Object.keys(environment).filter((name) => !settings.has(name))).toEqual([]);
    const names = stages.flatMap((stage) => [
      ...Object.keys(readPairs(stage, 'ENV')),
      ...Object.keys(readPairs(stage, 'ARG')),
    ]);
    expect(names.filter((name) => SECRET_NAME.test(name))).toEqual([]);
  });

  it('says what the image is', () => {
    const labels = readPairs(last, 'LABEL');
    expect(
      Object.keys(labels).map((name) => name.replace('org.opencontainers.image.', '')),
    ).toEqual(['title', 'description', 'licenses', 'version', 'revision', 'source']);
    expect(Object.values(labels).slice(-3)).toEqual(['$VERSION', '$REVISION', '$SOURCE']);
  });
});

describe('.dockerignore', () => {
  it('lists what the engine gets, and nothing else', () => {
    const [first, ...others] = readDockerignore();
    expect(first).toBe('*');
    const allowed = others.filter((pattern) => pattern.startsWith('!')).map((p) => p.slice(1));
    expect(allowed.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(others.slice(allowed.length)).toEqual(['**/*.spec.ts']);
    const ignored = readText('.gitignore').split('\n');
    expect(allowed.filter((path) => ignored.includes(path))).toEqual([]);
  });
});

describe('compose.yaml', () => {
  const { services, networks, secrets } = readCompose();
  const replicas = Object.entries(services).filter(([name]) => name.startsWith('replica-'));
  const { caddy, postgres } = services;
  const { version } = JSON.parse(readText('package.json')) as { version: string };
  let folder: string;
  let configuration: Configuration;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'compose-'));
    const values: Record<string, string> = {
      'credentials.keys': TEST_KEY,
      'database.url': 'postgres://channel:password@postgres:5432/channel?sslmode=disable',
      'meta-app.secret': '0123456789abcdef0123456789abcdef',
    };
    for (const [name, value] of Object.entries(values)) writeFileSync(join(folder, name), value);
    const image = readPairs(readDockerfile().at(-1) ?? missing(), 'ENV');
    const given = Object.entries(replicas[0]?.[1].environment ?? {}).map(([name, value]) => [
      name,
      value
        .replace('/run/secrets', folder)
        .replace(/^\$\{PUBLIC_URL:.*\}$/, 'https://channel.example')
        .replace(/^\$\{META_APP_ID:.*\}$/, '250430911223344'),
    ]);
    configuration = loadConfiguration({
      ...image,
      ...(Object.fromEntries(given) as Record<string, string>),
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('names the version of each image', () => {
    expect(Object.values(services).filter(({ image }) => !TAGGED_IMAGE.test(image))).toEqual([]);
    expect(replicas.map(([, { image }]) => image)).toEqual(
      replicas.map(() => `instagram-channel:${version}`),
    );
    expect(replicas.map(([, { build }]) => build?.args.VERSION)).toEqual(
      replicas.map(() => version),
    );
  });

  it('gives each container few rights', () => {
    for (const service of Object.values(services)) {
      expect(service).toMatchObject({
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      expect(service.privileged).toBeUndefined();
    }
    for (const [, replica] of replicas) {
      expect(replica).toMatchObject({ read_only: true, tmpfs: ['/tmp'] });
      expect(replica).not.toHaveProperty('cap_add');
      expect(replica.user).toBeUndefined();
    }
  });

  it('has settings that the service accepts, for several replicas behind one proxy', () => {
    expect(replicas).toHaveLength(2);
    expect(configuration.database.engine).toBe('postgres');
    expect(configuration).toMatchObject({
      host: '0.0.0.0',
      port: 3000,
      trustProxy: 1,
      docs: false,
      metricsHost: '0.0.0.0',
      metricsPort: 9464,
    });
  });

  it('uses settings of .env.example only', () => {
    const used = [
      ...replicas.flatMap(([, { environment }]) => Object.keys(environment)),
      ...Object.keys(caddy?.environment ?? {}),
      ...[...readText('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name),
      ...[...readText('deploy/Caddyfile').matchAll(/\{\$(\w+)/g)].map(([, name = '']) => name),
    ];
    expect(used.filter((name) => !settings.has(name))).toEqual([]);
  });

  it('reads secrets from files that git ignores', () => {
    for (const { environment, secrets: given = [] } of Object.values(services)) {
      const entries = Object.entries(environment);
      const files = entries.filter(([name]) => name.endsWith('_FILE'));
      expect(files.map(([, path]) => path).sort()).toEqual(
        given.map((name) => `/run/secrets/${name}`).sort(),
      );
      const others = entries.filter(([name]) => !name.endsWith('_FILE'));
      expect(others.filter(([name]) => SECRET_NAME.test(name))).toEqual([]);
    }
    const paths = Object.entries(secrets);
    expect(paths.map(([, { file }]) => file)).toEqual(
      paths.map(([name]) => `./deploy/secrets/${name}`),
    );
    expect(readText('.gitignore').split('\n')).toContain('deploy/secrets/');
  });

  it('waits for the longest call before it kills a replica', () => {
    const { shutdownDelayMs, proxyDeadlineMs, pullBudgetMs } = configuration;
    // docs/operations.md, "Stopping": a pull has two seconds more, and a callback 30.
    const longest = Math.max(proxyDeadlineMs, pullBudgetMs + 2000, 30_000);
    for (const [, { stop_grace_period: period }] of replicas) {
      expect(toMs(period)).toBeGreaterThan(shutdownDelayMs + longest + 2000);
    }
    const [grace] = readCaddyOption('grace_period');
    expect(toMs(grace)).toBeGreaterThan(longest);
    expect(toMs(caddy?.stop_grace_period)).toBeGreaterThan(toMs(grace));
  });

  it('opens no port but those of Caddy', () => {
    expect(caddy?.ports).toEqual(['80:80', '443:443', '443:443/udp']);
    expect(Object.values(services).filter(({ ports }) => ports !== undefined)).toEqual([caddy]);
    expect(postgres?.networks).toEqual(['database']);
    expect(networks).toMatchObject({ database: { internal: true }, metrics: { internal: true } });
    for (const [, replica] of replicas) {
      expect(replica.networks).toEqual(['web', 'database', 'metrics']);
    }
  });

  it('has a proxy that calls ready replicas and repeats no call that was sent', () => {
    expect(readCaddyOption('reverse_proxy')).toEqual([
      `${replicas.map(([name]) => `${name}:${String(configuration.port)}`).join(' ')} {`,
    ]);
    expect(readCaddyOption('health_uri')).toEqual(['/health/ready']);
    const [interval] = readCaddyOption('health_interval');
    expect(configuration.shutdownDelayMs).toBeGreaterThanOrEqual(2 * toMs(interval));
    // A call that was sent is repeated if it matches. No route answers HEAD alone.
    expect(readCaddyOption('lb_retry_match')).toEqual(['{']);
    expect(readCaddyOption('method')).toEqual(['HEAD']);
    // Otherwise the service may close an unused connection while Caddy starts to use it.
    const { keepAliveMs } = CONNECTION_LIMITS;
    expect(toMs(readCaddyOption('keepalive')[0])).toBeLessThan(keepAliveMs);
  });

  it('keeps X-Forwarded-For as Caddy sets it', () => {
    expect(readCaddyOption('trusted_proxies')).toEqual([]);
    expect(readCaddyOption('header_up')).toEqual([]);
  });
});

function missing(): never {
  throw new Error('the Dockerfile has no stage');
}
