import type { Measured } from '../compare.js';

/** A table of the report. */
export interface Section {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the table rests on. */
  readonly measured: readonly Measured[];
}

/** Makes a column's text of what was measured of one side. */
export interface Column {
  readonly head: string;
  readonly toText: (each: Measured, all: readonly Measured[]) => string;
}

export function toSection(
  title: string,
  measured: readonly Measured[],
  columns: readonly Column[],
): Section {
  return {
    title,
    heads: ['', ...columns.map(({ head }) => head)],
    rows: measured.map((each) => [
      each.label,
      ...columns.map(({ toText }) => toText(each, measured)),
    ]),
    measured,
  };
}

/** Pads the cells, so the table is readable as text and as Markdown. The first column is a name. */
export function toText({ title, heads, rows }: Section): string {
  const lines = [heads, ...rows];
  const widths = heads.map((_, column) =>
    Math.max(...lines.map((cells) => (cells[column] ?? '').length), 3),
  );
  const toLine = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, column)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [`${title}:`, '', toLine(heads), `| ${rule.join(' | ')} |`, ...rows.map(toLine)].join(
    '\n',
  );
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
