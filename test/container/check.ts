import { type ChildProcessWithoutNullStreams as Child, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import { startInstagramProcess } from '../support/instagram-process.js';
import { type BuiltStage, buildWithoutEngine, bytesIn, NODE_USER } from './build-without-engine.js';
import { parseExecForm, readHealthCheck, readPairs, textsOf } from './dockerfile.js';

/*
 * Builds the image's folders without an engine, starts the service from them as a container would,
 * and sends a like: `npm run image:check`.
 */

/** The service's user must reach the folders. */
const READABLE = 0o755;
const isRoot = process.getuid?.() === 0;
/** As in a container, the service's user does not own the code. */
const user = isRoot ? { uid: NODE_USER, gid: NODE_USER } : {};

/**
 * Makes the service the first process, as in a container: the kernel ignores signals that such a
 * process sends to itself. Only root may do this everywhere.
 */
const AS_FIRST = ['unshare', '--pid', '--fork', '--kill-child'];
const AS_USER = ['--setgid', String(NODE_USER), '--setuid', String(NODE_USER)];
/** How engines report a process that SIGTERM ended. */
const SIGTERM_STATUS = 143;

class Container {
  private readonly environment: Record<string, string>;

  constructor(
    private readonly built: BuiltStage,
    settings: Record<string, string>,
  ) {
    const image = readPairs(built.stage, 'ENV');
    const { DATABASE_URL: database = '' } = image;
    this.environment = {
      PATH: process.env.PATH ?? '',
      ...image,
      DATABASE_URL: database.replace('sqlite:', `sqlite:${built.root}`),
      ...settings,
    };
  }

  /** Starts the image's own command. */
  start(): Child {
    const words = parseExecForm(textsOf(this.built.stage, 'CMD').at(-1) ?? '') ?? [];
    return isRoot ? this.spawn([...AS_FIRST, ...AS_USER, ...words], {}, {}) : this.spawn(words);
  }

  /** Runs a command to its end. Returns its output. */
  async run(
    words: readonly string[],
    input = '',
    settings: Record<string, string> = {},
  ): Promise<string> {
    const child = this.spawn(words, settings);
    const ended = once(child, 'exit');
    child.stdin.end(input);
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = (await ended) as [number | null];
    assert(code === 0, `${words.join(' ')} ended with ${String(code)}: ${errors}`);
    return output.trim();
  }

  private spawn(
    [program = '', ...rest]: readonly string[],
    settings: Record<string, string> = {},
    owner: object = user,
  ): Child {
    const env = { ...this.environment, ...settings };
    return spawn(program, rest, { cwd: this.built.work, env, ...owner });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'image-'));
try {
  chmodSync(folder, READABLE);
  const built = buildWithoutEngine(folder);
  if (!isRoot) spawnSync('chmod', ['-R', 'a-w', built.work]);
  const size = bytesIn(built.root);
  await check(built);
  assert(size === bytesIn(built.work), 'the service changed its own folder');
  console.log(`The image adds ${(size / 1e6).toFixed(1)} MB to its base.`);
} finally {
  if (!isRoot) spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}

async function check(built: BuiltStage): Promise<void> {
  const isWritable = spawnSync('/bin/sh', ['-c', 'test -w .'], { cwd: built.work, ...user });
  assert(isWritable.status === 1, 'the service can write to its own folder');
  const metadataCommand = ['node', 'dist/cli/metadata.cli.js'];
  const key = await new Container(built, {}).run([...metadataCommand, 'keygen']);
  const instagram = await startInstagramProcess(1, 1);
  try {
    const container = new Container(built, {
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS: key,
      INSTAGRAM_GRAPH_URL: instagram.url,
      PORT: '0',
      // Swagger UI is a package outside the bundle.
      DOCS: 'on',
    });
    const account = JSON.stringify(OMNIWEAR_ACCOUNT);
    const metadata = await container.run([...metadataCommand, 'seal'], account);
    await like(built, container, metadata, instagram.posts[0] ?? '');
    const likes = await (
      await fetch(`${instagram.url}/_control/accounts/${OMNIWEAR.igUserId}`)
    ).text();
    assert(likes.includes(`"likes":["${String(instagram.posts[0])}"]`), `Instagram has ${likes}`);
    const ledger = await container.run(['node', 'dist/cli/ledger.cli.js', 'status']);
    console.log(ledger);
    await container.run(['node', 'dist/cli/privacy.cli.js', 'delete-users'], '4');
    const report = await container.run(['node', 'dist/cli/live-check.cli.js'], metadata);
    assert(report.startsWith('Live check of account'), `the live check printed ${report}`);
  } finally {
    await instagram.stop();
  }
}

/** Starts the image's command, likes one post, and stops the service as an engine does. */
async function like(
  { stage }: BuiltStage,
  container: Container,
  metadata: string,
  post: string,
): Promise<void> {
  const service = container.start();
  const ended = once(service, 'exit');
  try {
    const url = new URL(await readAddress(service));
    await container.run(readHealthCheck(stage) ?? [], '', { PORT: url.port });
    const docs = await fetch(`http://127.0.0.1:${url.port}/docs/swagger-ui-bundle.js`);
    assert(docs.ok, `Swagger UI got ${String(docs.status)}`);
    await docs.arrayBuffer();
    const answer = await fetch(`http://127.0.0.1:${url.port}/like`, {
      method: 'POST',
      body: new URLSearchParams({
        instance_metadata: metadata,
        client_data: JSON.stringify({ media_id: post, liked: true }),
      }),
    });
    const body = await answer.text();
    assert(body.includes('"ok":true') && body.includes('"liked":true'), `the like got ${body}`);
    const signal = textsOf(stage, 'STOPSIGNAL').at(-1) ?? '';
    process.kill(isRoot ? onlyChild(service.pid) : (service.pid ?? 0), signal);
    const [code, endedBy] = (await ended) as [number | null, string | null];
    const isStopped = isRoot ? code === SIGTERM_STATUS : endedBy === signal;
    assert(isStopped, `the service ended with ${String(code)}, ${String(endedBy)}`);
  } finally {
    service.kill('SIGKILL');
    await ended;
  }
}

/** The process that `unshare` started. */
function onlyChild(pid = 0): number {
  return Number(readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8'));
}

/** The address in the line `service.started`. */
async function readAddress(service: Child): Promise<string> {
  const errors = text(service.stderr);
  for await (const line of createInterface({ input: service.stdout })) {
    const address = /"service.started",.*"address":"([^"]+)"/.exec(line)?.[1];
    if (address === undefined) continue;
    service.stdout.resume();
    return address;
  }
  throw new Error(`the service did not start: ${await errors}`);
}

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
