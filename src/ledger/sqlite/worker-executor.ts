import { Worker } from 'node:worker_threads';
import type { SqliteCommand, SqliteExecutor, SqliteResult } from './sqlite-executor.js';
import { fromSentError, fromSentResult, type WorkerReply } from './worker-messages.js';

interface Waiting {
  readonly resolve: (result: SqliteResult | undefined) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs commands in a thread of its own, so a disk that syncs slowly stalls no other work of this
 * process. Commands are answered in their order. `SqliteWriter` bounds how many wait.
 */
export class WorkerExecutor implements SqliteExecutor {
  private readonly waiting: Waiting[] = [];
  private failure: Error | undefined;
  /** Whether the thread has the file, and is not about to end. */
  private isOpen = false;

  private constructor(
    private readonly worker: Worker,
    private readonly onLost: (error: Error) => void,
  ) {
    worker.on('message', (reply: WorkerReply) => {
      const next = this.waiting.shift();
      if ('error' in reply) next?.reject(fromSentError(reply.error));
      else next?.resolve(reply.result);
    });
    worker.on('error', (error) => {
      this.fail(error);
    });
    worker.on('exit', () => {
      this.fail(new Error('The thread of the database has ended.'));
    });
  }

  /**
   * @param script the compiled `sqlite-worker`.
   * @param onLost is called once if the thread ends while the file is open. No later command can
   *   succeed.
   */
  static async open(
    file: string,
    script: URL,
    onLost: (error: Error) => void,
  ): Promise<WorkerExecutor> {
    const executor = new WorkerExecutor(new Worker(script, { workerData: { file } }), onLost);
    await new Promise<unknown>((resolve, reject) => {
      executor.waiting.push({ resolve, reject });
    });
    executor.isOpen = true;
    return executor;
  }

  run(command: SqliteCommand): Promise<SqliteResult> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      // A command that cannot be posted gets no answer, so it must not wait for one.
      this.worker.postMessage(command);
      this.waiting.push({
        resolve: (result) => {
          if (result !== undefined) resolve(fromSentResult(command, result));
        },
        reject,
      });
      if (command.kind === 'close') this.isOpen = false;
    });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(error);
    if (!this.isOpen) return;
    this.isOpen = false;
    this.onLost(error);
  }
}
