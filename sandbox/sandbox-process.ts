import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MAX_MS = 30_000;
const STOP_MAX_MS = 15_000;
const POLL_MS = 50;

export interface SandboxProcessOptions {
  name: string;
  /** Arguments for Node. */
  args: string[];
  environment: Record<string, string>;
  /** Receives each line that the process prints. */
  onLine: (line: string) => void;
  /** Whether the process answers calls. */
  isUp: () => Promise<boolean>;
  /** Called when the process ends without `stop`. */
  onUnexpectedEnd: () => void;
}

/** One of the sandbox's processes. */
export class SandboxProcess {
  private child: ChildProcess | undefined;
  /** Whether the process has answered and `stop` was not called: an end is then unexpected. */
  private up = false;

  constructor(private readonly options: SandboxProcessOptions) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Starts the process and waits until it answers.
   *
   * @param changes of its environment, for this start only.
   */
  async start(changes: Record<string, string> = {}): Promise<void> {
    const { name, args, environment, onLine, isUp, onUnexpectedEnd } = this.options;
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH, ...environment, ...changes },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', onLine);
    }
    child.once('exit', () => {
      if (this.child !== child || !this.up) return;
      this.up = false;
      onUnexpectedEnd();
    });
    const giveUpAt = Date.now() + START_MAX_MS;
    while (!(await isUp())) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > giveUpAt) {
        throw new Error(`${name} did not start`);
      }
      await sleep(POLL_MS);
    }
    this.up = true;
  }

  /** Sends the signal and waits. Kills the process if it does not end in time. */
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
