import { type Compilable, type CompiledQuery, type Expression, sql } from 'kysely';

/** Marks the place of a value that comes with each run of a compiled query. */
class Placeholder {
  constructor(readonly name: string) {}
}

/** Marks the place of a value that is computed at each run. */
class Computed {
  constructor(readonly compute: () => unknown) {}
}

/** A value that is computed whenever a `Statement` runs. No other query may contain it. */
export function computed<T>(compute: () => T): Expression<T> {
  return sql.val(new Computed(compute) as never);
}

/** A statement with its values. */
export type BoundStatement<Row = unknown> = CompiledQuery<Row>;

/** Names a value of a statement while the statement is built. */
type ValueNamer<Values> = <Name extends keyof Values & string>(
  name: Name,
) => Expression<Values[Name]>;

/**
 * A query that Kysely builds and compiles once, and that runs with other values each time. To build
 * and compile a query takes longer than to run it.
 */
export class Statement<Values extends object, Row> {
  private readonly compiled: CompiledQuery<Row>;

  /** @param build writes `value('name')` where a value of each run goes. */
  constructor(build: (value: ValueNamer<Values>) => Compilable<Row>) {
    this.compiled = build((name) => sql.val(new Placeholder(name)) as never).compile();
  }

  bind(values: Values): BoundStatement<Row> {
    return {
      ...this.compiled,
      parameters: this.compiled.parameters.map((parameter) => {
        if (parameter instanceof Placeholder) return values[parameter.name as keyof Values];
        return parameter instanceof Computed ? parameter.compute() : parameter;
      }),
    };
  }
}
