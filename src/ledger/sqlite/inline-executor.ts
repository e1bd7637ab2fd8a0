import { SqliteEngine } from './sqlite-engine.js';
import {
  LostTransactionError,
  type SqliteCommand,
  type SqliteExecutor,
  type SqliteResult,
} from './sqlite-executor.js';

/** Runs commands in this thread. A commit stalls the thread while the disk syncs. */
export class InlineExecutor implements SqliteExecutor {
  private constructor(private readonly engine: SqliteEngine) {}

  static open(file: string): InlineExecutor {
    return new InlineExecutor(SqliteEngine.open(file));
  }

  run(command: SqliteCommand): Promise<SqliteResult> {
    const wasOpen = this.engine.hasOpenTransaction();
    try {
      return Promise.resolve(this.engine.run(command));
    } catch (error) {
      const isLost = wasOpen && !this.engine.hasOpenTransaction() && command.kind !== 'commit';
      return Promise.reject(isLost ? new LostTransactionError(error as Error) : (error as Error));
    }
  }
}
