import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../test/support/run.js';
import { REFERENCE } from '../lab.js';
import { describeMachine } from '../machine.js';
import { LIKE_TITLE } from '../scenarios/like.js';
import { LABELS } from '../scenarios/scenario.js';
import { drawChart } from './chart.js';
import { findByLabel } from './columns.js';
import { type Section, toText } from './section.js';

const PAGE = join(ROOT, 'docs/performance.md');
const CHART = join(ROOT, 'docs/images/performance.svg');
const FIGURES = /(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)/s;

/** Replaces the figures of the documentation and the chart. */
export function writePage(sections: readonly Section[]): void {
  const day = new Date().toISOString().slice(0, 10);
  const measured = `Measured on ${day}: ${describeMachine()}.`;
  const figures = [measured, ...sections.map(toText)].join('\n\n');
  const page = readFileSync(PAGE, 'utf8');
  if (!FIGURES.test(page)) throw new Error(`${PAGE} has no place for figures`);
  writeFileSync(
    PAGE,
    page.replace(FIGURES, () => `\n${figures}\n\n`),
  );
  const likes = sections.find(({ title }) => title === LIKE_TITLE);
  if (likes === undefined) return;
  const reference = findByLabel(likes.measured, LABELS[REFERENCE]);
  writeFileSync(CHART, drawChart(likes.measured, reference));
}
