import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT } from './support/run.js';

/** Runs the command behind `npm run sandbox` and reads its output. */
describe('the sandbox command', () => {
  let temporary: string;
  let child: ChildProcess | undefined;
  let lines: string[];
  let occupied: Server | undefined;

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'sandbox-command-'));
    lines = [];
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    occupied?.close();
    rmSync(temporary, { recursive: true, force: true });
  });

  const start = (): ChildProcess => {
    const started = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, TMPDIR: temporary },
    });
    for (const stream of [started.stdout, started.stderr]) {
      createInterface({ input: stream }).on('line', (line) => lines.push(line));
    }
    child = started;
    return started;
  };
  const waitFor = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (let tries = 0; tries < 600; tries += 1) {
      for (const line of lines) {
        const found = pattern.exec(line);
        if (found !== null) return found;
      }
      await sleep(50);
    }
    throw new Error(`${String(pattern)} was not printed:\n${lines.join('\n')}`);
  };
  /** Stops the command and checks that it leaves no process and no file. */
  const stop = async (started: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    const ended = once(started, 'exit');
    started.kill(signal);
    expect(await ended).toEqual([0, null]);
    for (const address of lines.flatMap((line) => /^ {2}\w+ +(https?:\S+)/.exec(line)?.[1] ?? [])) {
      await expect(fetch(address)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    }
    expect(readdirSync(temporary).filter((name) => name.startsWith('instagram-sandbox-'))).toEqual(
      [],
    );
  };

  it('prints a working curl command, restarts a killed service, cleans up at Ctrl-C', async () => {
    const started = start();
    const [, likeCommand = ''] = await waitFor(
      /^ {2}(curl -X POST '[^']+post_to_path=\/like' -d .+)$/,
    );
    const [, stateCommand = ''] = await waitFor(
      /^ {2}(curl -X POST '[^']+post_to_path=\/like\/state' .+)$/,
    );
    const [, accountCommand = ''] = await waitFor(/^ {2}(curl http\S+\/_control\/accounts\/\d+)$/);
    const [, pid = ''] = await waitFor(/after `kill (\d+)`/);
    const [, page = ''] = await waitFor(/^ {2}Zendesk +(http\S+)/);
    expect(await (await fetch(page)).text()).toContain('The new trail jacket');
    /** Sends the request of a curl command. Not every machine has curl. */
    const run = async (line: string): Promise<unknown> => {
      const [, address = ''] = /(http[^' ]+)/.exec(line) ?? [];
      const [, body] = / -d '(.+)'$/.exec(line) ?? [];
      const answer = await fetch(address, body === undefined ? {} : { method: 'POST', body });
      return answer.json();
    };

    expect(await run(likeCommand)).toMatchObject({ ok: true, liked: true, source: 'instagram' });
    expect(await run(accountCommand)).toMatchObject({ likes: ['17895695668004550'] });
    process.kill(Number(pid), 'SIGKILL');
    await waitFor(/service +\| restarted as process \d+/);
    expect(await run(stateCommand)).toMatchObject({ ok: true, liked: true, source: 'ledger' });
    await stop(started, 'SIGINT');
  }, 60_000);

  it('uses another port if one is in use, and prints it', async () => {
    const server = createServer();
    occupied = server;
    const isOurs = await new Promise<boolean>((resolve) => {
      server.once('error', () => {
        resolve(false);
      });
      server.listen(4001, '127.0.0.1', () => {
        resolve(true);
      });
    });
    // If another process already uses the port, the test works just as well.
    if (!isOurs) occupied = undefined;
    const started = start();
    await waitFor(/^Port 4001 is in use: instagram is at \d+\.$/);
    await waitFor(/Ctrl-C stops all three/);
    await stop(started, 'SIGTERM');
  }, 60_000);

  it('stops cleanly during its start', async () => {
    const started = start();
    while (!readdirSync(temporary).some((name) => name.startsWith('instagram-sandbox-'))) {
      await sleep(20);
    }
    await stop(started, 'SIGHUP');
    expect(lines.filter((line) => /did not start|Error/.test(line))).toEqual([]);
  }, 60_000);
});
