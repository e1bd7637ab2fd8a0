import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a part may take until it answers, and until it has stopped. */
const START_MAX_MS = 30_000;
const STOP_MAX_MS = 15_000;
const POLL_MS = 50;

export interface PartOptions {
  name: string;
  /** Arguments for Node. */
  args: string[];
  environment: Record<string, string>;
  /** Told each line that the part prints. */
  onLine: (line: string) => void;
  /** Settles with true once the part answers. */
  answers: () => Promise<boolean>;
  /** Called when the part ends without having been told to. */
  onUnexpectedEnd: () => void;
}

/** One process of the sandbox. */
export class Part {
  private child: ChildProcess | undefined;
  /** Whether the process answered and was not told to stop: from then on, its end is a surprise. */
  private up = false;

  constructor(private readonly options: PartOptions) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the process and waits until it answers. */
  async start(): Promise<void> {
    const { name, args, environment, onLine } = this.options;
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', onLine);
    }
    child.once('exit', () => {
      if (this.child !== child || !this.up) return;
      this.up = false;
      this.options.onUnexpectedEnd();
    });
    const giveUpAt = Date.now() + START_MAX_MS;
    while (!(await this.options.answers())) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > giveUpAt) {
        throw new Error(`${name} did not start`);
      }
      await sleep(POLL_MS);
    }
    this.up = true;
  }

  /** Asks the process to stop, waits, and makes it stop if it does not. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.up = false;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MAX_MS);
    await ended;
    clearTimeout(kill);
  }
}
