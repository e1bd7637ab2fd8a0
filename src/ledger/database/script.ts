import type { LedgerConnection } from './ledger.schema.js';
import type { BoundStatement } from './statement.js';

/** One statement of a script. */
export interface ScriptStep {
  readonly statement: BoundStatement;
  /** The script is rolled back unless the statement returns a row with this `id`. */
  readonly mustReturnId?: number;
}

/** The rows of each step; undefined for a script that was rolled back. */
export type ScriptRows = readonly (readonly unknown[])[] | undefined;

/** Runs transactions whose statements are known before they begin. */
export interface ScriptRunner {
  /**
   * @throws {ServiceError} `deadline_exceeded` if the script waited too long and never began, or
   *   `LedgerError`.
   */
  run(steps: readonly ScriptStep[]): Promise<ScriptRows>;
}

/** Runs scripts through Kysely, statement by statement. */
export class KyselyScripts implements ScriptRunner {
  constructor(private readonly db: LedgerConnection) {}

  async run(steps: readonly ScriptStep[]): Promise<ScriptRows> {
    if (!needsTransaction(steps)) return runSteps(this.db, steps);
    try {
      return await this.db.transaction().execute((db) => runSteps(db, steps));
    } catch (error) {
      if (error instanceof MissingRow) return undefined;
      throw error;
    }
  }
}

/** Rolls a script back. */
class MissingRow extends Error {}

async function runSteps(
  db: LedgerConnection,
  steps: readonly ScriptStep[],
): Promise<readonly unknown[][]> {
  const results: unknown[][] = [];
  for (const { statement, mustReturnId } of steps) {
    const { rows } = await db.executeQuery(statement);
    if (!returnsId(rows, mustReturnId)) throw new MissingRow();
    results.push(rows);
  }
  return results;
}

/** Whether a failure of the script could leave a part of it. A single statement is a whole. */
export function needsTransaction(
  steps: readonly { readonly mustReturnId?: number | undefined }[],
): boolean {
  return steps.length > 1 || steps.some(({ mustReturnId }) => mustReturnId !== undefined);
}

/** Whether a step of a script returned the row that it must return. */
export function returnsId(rows: readonly unknown[], id: number | undefined): boolean {
  return id === undefined || rows.some((row) => (row as { id?: unknown }).id === id);
}
