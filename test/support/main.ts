import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { TEST_KEY } from './keys.js';
import { ROOT } from './run.js';

/** Settings of a service process; the database and Instagram are to be added. */
export const PROCESS_SETTINGS = {
  PUBLIC_URL: 'https://channel.example',
  CREDENTIALS_KEYS: TEST_KEY,
  PORT: '0',
};

/** The service as a process of its own. */
export interface MainProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Its output so far. */
  readonly lines: string[];
  /** Posts fields as a form. */
  post(path: string, fields: Record<string, string>): Promise<Response>;
  /** A call that Zendesk proxies for the app. */
  proxy(path: string, data: object, metadata: string): Promise<Record<string, unknown>>;
  /** Waits until the process has ended by itself or by a signal. */
  readonly ended: Promise<unknown>;
  /** Kills the process, unless it has ended. */
  stop(): Promise<void>;
}

/**
 * Runs `node dist/main.js` with only these environment variables, and waits until it listens.
 *
 * @param fileBlocks the largest file that the process may write, in blocks of 512 bytes; a larger
 * one fails as if the disk were full.
 * @param handles files and connections that the process may have open; by default as many as here.
 * @param folder where `dist` is: this project, or another version of it.
 */
export async function startMain(
  environment: Record<string, string>,
  fileBlocks?: number,
  handles?: number,
  folder = ROOT,
): Promise<MainProcess> {
  const limit = fileBlocks === undefined ? 'unlimited' : String(fileBlocks);
  const open = handles === undefined ? '' : `ulimit -n ${String(handles)} && `;
  const child = spawn(
    '/bin/sh',
    ['-c', `${open}ulimit -f "$1" && exec "$0" dist/main.js`, process.execPath, limit],
    {
      cwd: folder,
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
        const started = /"service.started",.*"address":"([^"]+)"/.exec(line)?.[1];
        if (started !== undefined) resolve(started);
      });
    }
  });
  const post = (path: string, fields: Record<string, string>): Promise<Response> =>
    fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
  return {
    url,
    process: child,
    lines,
    ended,
    post,
    proxy: async (path, data, metadata) => {
      const fields = { instance_metadata: metadata, client_data: JSON.stringify(data) };
      return (await (await post(path, fields)).json()) as Record<string, unknown>;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
