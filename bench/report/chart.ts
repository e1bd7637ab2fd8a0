import { median } from '../../test/support/figures.js';
import type { Measured } from '../compare.js';
import { LABELS } from '../scenarios/scenario.js';
import { format, listRatios, pickCpu } from './columns.js';

const WIDTH = 760;
const ROW = 36;
const BAR = 20;
const TOP = 64;
const BOTTOM = 36;
/** Where the bars begin, and the space for the figures after the longest one. */
const BARS_FROM = 170;
const FIGURES = 150;

/** Colours for light and for dark pages. */
const STYLE = `
  .page { fill: #ffffff; stroke: #d0d7de }
  text { font: 14px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 16px }
  .note { font-size: 12px; fill: #59636e }
  .peer { fill: #8c959f }
  .product { fill: #c13584 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #3d444d }
    text { fill: #f0f6fc }
    .note { fill: #9198a1 }
    .peer { fill: #656c76 }
    .product { fill: #e1569f }
  }`;

/** A bar for the CPU time of a like on each server, the shortest first. */
export function drawChart(measured: readonly Measured[], reference: Measured): string {
  const bars = measured
    .map((each) => ({
      label: each.label,
      micros: median(each.slices.map(pickCpu)),
      ratio: median(listRatios(each, reference, pickCpu)),
    }))
    .sort((one, other) => one.ratio - other.ratio);
  const longest = Math.max(...bars.map(({ ratio }) => ratio));
  const height = TOP + bars.length * ROW + BOTTOM;
  const rows = bars.map(({ label, micros, ratio }, index) => {
    const y = TOP + index * ROW;
    const width = Math.max(2, (ratio / longest) * (WIDTH - BARS_FROM - FIGURES));
    const kind = label === LABELS.product ? 'product' : 'peer';
    const middle = y + BAR / 2 + 5;
    const figures = `${ratio.toFixed(1)} × · ${format(micros)} µs`;
    return [
      `  <text x="${at(BARS_FROM - 12)}" y="${at(middle)}" text-anchor="end">${label}</text>`,
      `  <rect class="${kind}" x="${at(BARS_FROM)}" y="${at(y)}" width="${at(width)}"` +
        ` height="${at(BAR)}" rx="3"/>`,
      `  <text x="${at(BARS_FROM + width + 10)}" y="${at(middle)}">${figures}</text>`,
    ].join('\n');
  });
  const size = `width="${at(WIDTH)}" height="${at(height)}" viewBox="0 0 ${at(WIDTH)} ${at(height)}"`;
  const title = 'CPU time of the server for a like';
  const note = `Shorter is better. The ratio is to ${reference.label}, which stores and logs nothing.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${title}">`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="page" x="0.5" y="0.5" width="${at(WIDTH - 1)}" height="${at(height - 1)}" rx="6"/>`,
    `  <text class="title" x="20" y="34">${title}</text>`,
    ...rows,
    `  <text class="note" x="20" y="${at(height - 16)}">${note}</text>`,
    '</svg>\n',
  ].join('\n');
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
