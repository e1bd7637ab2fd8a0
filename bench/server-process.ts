import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The core of the measured servers, and the one of the load and the origin. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

export interface ServerOptions {
  readonly script: string;
  readonly core: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
  readonly cwd: string;
  /** Finds the address in a line of the output. */
  readonly ready: RegExp;
  /** Gets the rest of the output. */
  readonly logFile: string;
}

/** A server in a process of its own, on one core. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly logFile: string,
    readonly url: string,
    /** From the start of the process to its first line with an address, in milliseconds. */
    readonly startMs: number,
  ) {}

  static async start(options: ServerOptions): Promise<ServerProcess> {
    const { script, core, env, cwd, ready, logFile, nodeOptions = [] } = options;
    const log = openSync(logFile, 'w');
    const startedAt = performance.now();
    const child = spawn(
      'taskset',
      ['-c', String(core), process.execPath, ...nodeOptions, script],
      // The output goes to a file, as in production. A pipe would let the load pay for it.
      { cwd, env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', log, log] },
    );
    closeSync(log);
    for (;;) {
      const url = ready.exec(readFileSync(logFile, 'utf8'))?.[1];
      if (url !== undefined) {
        return new ServerProcess(child, logFile, url, performance.now() - startedAt);
      }
      if (child.exitCode !== null) throw new Error(readFileSync(logFile, 'utf8'));
      await sleep(2);
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

  /** Resident memory in MiB. */
  get rssMib(): number {
    const status = readFileSync(`/proc/${String(this.child.pid)}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  /** Where the output ends so far, for `allocatedKib`. */
  get logEnd(): number {
    return statSync(this.logFile).size;
  }

  /**
   * What the process allocated in the part of its log after this position, by `--trace-gc`: the
   * growth of the heap between two collections, in KiB.
   */
  allocatedKib(since: number): number {
    const text = readFileSync(this.logFile).subarray(since).toString();
    let allocated = 0;
    /** The heap of each thread after its last collection, in MB. */
    const heaps = new Map<string, number>();
    const lines = text.matchAll(/:(0x\w+)\]\s+\d+ ms: \S+ ([\d.]+) \([\d.]+\) -> ([\d.]+) \(/g);
    for (const [, thread = '', before, after] of lines) {
      allocated += Math.max(0, Number(before) - (heaps.get(thread) ?? Number(before))) * 1024;
      heaps.set(thread, Number(after));
    }
    return allocated;
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.resume();
    this.child.kill('SIGKILL');
    await ended;
  }
}
