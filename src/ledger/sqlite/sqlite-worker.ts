import { parentPort, workerData } from 'node:worker_threads';
import { InlineExecutor } from './inline-executor.js';
import type { SqliteCommand } from './sqlite-executor.js';
import { toSentError, toSentResult, type WorkerReply } from './worker-messages.js';

/** The thread that owns the connection to SQLite. It answers each message in order. */
const send = (reply: WorkerReply): void => {
  parentPort?.postMessage(reply);
};

try {
  const executor = InlineExecutor.open((workerData as { file: string }).file);
  parentPort?.on('message', (command: SqliteCommand) => {
    executor.run(command).then(
      (result) => {
        send({ result: toSentResult(command, result) });
        if (command.kind === 'close') parentPort?.close();
      },
      (error: unknown) => {
        send({ error: toSentError(error) });
      },
    );
  });
  // The answer to opening the file.
  send({});
} catch (error) {
  send({ error: toSentError(error) });
  parentPort?.close();
}
