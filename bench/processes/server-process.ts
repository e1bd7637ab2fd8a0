import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Allocations } from './allocations.js';

/** How often a start looks for the address in the output. */
const POLL_MS = 2;

export interface ServerOptions {
  readonly script: string;
  readonly core: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
  readonly cwd: string;
  /** Finds the address in a line of the output. */
  readonly ready: RegExp;
  /** Gets the output. */
  readonly logFile: string;
  /** Whether the process answers `ask`. */
  readonly isAsked?: boolean;
}

/** A server in a process of its own, on one core. */
export class ServerProcess {
  private readonly allocations: Allocations;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    logFile: string,
  ) {
    this.allocations = new Allocations(logFile);
  }

  static async start(options: ServerOptions): Promise<ServerProcess> {
    const { script, core, env, cwd, ready, logFile, nodeOptions = [], isAsked } = options;
    const log = openSync(logFile, 'w');
    const child = spawn(
      'taskset',
      ['-c', String(core), process.execPath, ...nodeOptions, script],
      // The output goes to a file, as in production. A pipe would let the load pay for it.
      {
        cwd,
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', log, log, ...(isAsked === true ? (['ipc'] as const) : [])],
      },
    );
    closeSync(log);
    for (;;) {
      const url = ready.exec(readFileSync(logFile, 'utf8'))?.[1];
      if (url !== undefined) return new ServerProcess(child, url, logFile);
      if (child.exitCode !== null) throw new Error(readFileSync(logFile, 'utf8'));
      await sleep(POLL_MS);
    }
  }

  /** CPU time of all threads so far, in microseconds, by the kernel's count. */
  get cpuMicros(): number {
    const folder = `/proc/${String(this.child.pid)}/task`;
    const nanos = readdirSync(folder).map((thread) =>
      Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanos.reduce((sum, each) => sum + each, 0) / 1000;
  }

  /** What the JavaScript heaps allocated so far. Needs `--trace-gc`. */
  get allocatedKib(): number {
    return this.allocations.totalKib;
  }

  /** Resident memory. */
  get rssMib(): number {
    const status = readFileSync(`/proc/${String(this.child.pid)}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  /** Asks the process for a message. */
  async ask(question: string): Promise<unknown> {
    const answer = once(this.child, 'message');
    this.child.send(question);
    const [message] = (await answer) as [unknown];
    return message;
  }

  /** Ends it at once, without waiting for its end. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.kill();
    await ended;
  }
}
