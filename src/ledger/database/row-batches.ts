/** Rows in one statement: SQLite accepts 32,766 parameters, PostgreSQL 65,535. */
const ROWS_MAX = 500;

/** Splits rows into groups of a size that one statement can hold. */
export function toBatches<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_MAX) }, (_, index) =>
    rows.slice(index * ROWS_MAX, (index + 1) * ROWS_MAX),
  );
}
