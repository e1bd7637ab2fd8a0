import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqliteUnit, SqliteWriter } from './sqlite-writer.js';

/** Lets Kysely use the writer. A connection of Kysely is a unit of work. */
export class GroupCommitDialect implements Dialect {
  constructor(private readonly writer: SqliteWriter) {}

  createDriver(): Driver {
    return new GroupCommitDriver(this.writer);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new SqliteAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

class GroupCommitDriver implements Driver {
  constructor(private readonly writer: SqliteWriter) {}

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<UnitConnection> {
    return new UnitConnection(await this.writer.enter());
  }

  async beginTransaction({ unit }: UnitConnection): Promise<void> {
    await unit.run({ kind: 'savepoint' });
  }

  async commitTransaction({ unit }: UnitConnection): Promise<void> {
    await unit.run({ kind: 'release' });
  }

  async rollbackTransaction({ unit }: UnitConnection): Promise<void> {
    await unit.run({ kind: 'rollback' });
  }

  /** Kysely returns the result of a query or transaction after this. */
  async releaseConnection({ unit }: UnitConnection): Promise<void> {
    await unit.leave();
  }

  async destroy(): Promise<void> {
    await this.writer.close();
  }
}

class UnitConnection implements DatabaseConnection {
  constructor(readonly unit: SqliteUnit) {}

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await this.unit.run({ kind: 'execute', sql, parameters });
    return {
      rows: result.rows as Row[],
      numAffectedRows: BigInt(result.changes),
      insertId: BigInt(result.lastInsertRowid),
    };
  }

  /** The ledger reads no result in parts. */
  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('SQLite results are not streamed.');
  }
}
