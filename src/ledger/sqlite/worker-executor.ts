import { Worker } from 'node:worker_threads';
import type { SqliteCommand, SqliteExecutor, SqliteResult } from './sqlite-executor.js';
import { fromSentError, type WorkerReply } from './worker-messages.js';

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

  private constructor(private readonly worker: Worker) {
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

  /** @param script the compiled `sqlite-worker`. */
  static async open(file: string, script: URL): Promise<WorkerExecutor> {
    const executor = new WorkerExecutor(new Worker(script, { workerData: { file } }));
    await new Promise<unknown>((resolve, reject) => {
      executor.waiting.push({ resolve, reject });
    });
    return executor;
  }

  run(command: SqliteCommand): Promise<SqliteResult> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.waiting.push({ resolve: resolve as Waiting['resolve'], reject });
      this.worker.postMessage(command);
    });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}
