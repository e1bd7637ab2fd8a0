import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { build } from 'esbuild';
import Fastify, { type FastifyInstance } from 'fastify';
import { strFromU8, unzipSync } from 'fflate';

/**
 * Where an app loads Zendesk's SDK from. The stand-in replaces this address, and only this one,
 * so no request leaves the machine.
 */
const SDK_ADDRESS = 'https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js';
const SDK_PATH = '/zaf_sdk.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** The unpacked package of an app that an admin uploaded. */
export class InstalledApp {
  private readonly files: Record<string, Uint8Array>;

  constructor(zipFile: string) {
    this.files = unzipSync(readFileSync(zipFile));
  }

  /** The manifest of the integration that the app requires. */
  get manifestUrl(): string {
    const { channel_integrations: integrations } = this.readJson('requirements.json') as {
      channel_integrations: Record<string, { manifest_url: string }>;
    };
    const [integration] = Object.values(integrations);
    if (integration === undefined) throw new Error('The app requires no channel integration.');
    return integration.manifest_url;
  }

  get name(): string {
    return (this.readJson('manifest.json') as { name: string }).name;
  }

  /** The path in the package of the page for the ticket sidebar. */
  get page(): string {
    const { location } = this.readJson('manifest.json') as {
      location: { support: { ticket_sidebar: { url: string } } };
    };
    return location.support.ticket_sidebar.url;
  }

  file(name: string): Uint8Array | undefined {
    return Object.hasOwn(this.files, name) ? this.files[name] : undefined;
  }

  private readJson(name: string): unknown {
    const file = this.file(name);
    if (file === undefined) throw new Error(`The app has no ${name}.`);
    return JSON.parse(strFromU8(file));
  }
}

/** Zendesk's domain for apps: serves an app's assets from a separate origin. */
export async function createAppsDomain(app: InstalledApp): Promise<FastifyInstance> {
  const sdk = await bundleSdk();
  const server = Fastify({ forceCloseConnections: true });
  server.get(SDK_PATH, (_request, reply) => reply.type(TYPES['.js'] ?? '').send(sdk));
  server.get<{ Params: { '*': string } }>('/*', ({ params: { '*': name } }, reply) => {
    const file = name.startsWith('assets/') ? app.file(name) : undefined;
    if (file === undefined) return reply.status(404).send({ error: 'RecordNotFound' });
    const type = extname(name);
    const content =
      type === '.html' ? strFromU8(file).replace(SDK_ADDRESS, SDK_PATH) : Buffer.from(file);
    return reply.type(TYPES[type] ?? 'application/octet-stream').send(content);
  });
  return server;
}

async function bundleSdk(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: "window.ZAFClient = require('zendesk_app_framework_sdk');",
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: 'iife',
  });
  return outputFiles[0]?.text ?? '';
}
