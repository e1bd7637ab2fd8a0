import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ROOT } from './run.js';

/** The service as a process of its own. */
export interface MainProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it printed so far. */
  readonly lines: string[];
  stop(): Promise<void>;
}

/**
 * Runs `node dist/main.js` in an environment of these variables alone, and waits until it listens.
 *
 * @param fileBlocks how large a file the process may write, in 512 bytes, as if the disk were full
 * then.
 */
export async function startMain(
  environment: Record<string, string>,
  fileBlocks?: number,
): Promise<MainProcess> {
  const limit = fileBlocks === undefined ? 'unlimited' : String(fileBlocks);
  const child = spawn(
    '/bin/sh',
    ['-c', 'ulimit -f "$1" && exec "$0" dist/main.js', process.execPath, limit],
    {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...environment },
    },
  );
  const lines: string[] = [];
  const ended = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => {
      reject(new Error(lines.join('\n')));
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const started = /"service.started","address":"([^"]+)"/.exec(line)?.[1];
        if (started !== undefined) resolve(started);
      });
    }
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { url, process: child, lines, stop };
}
