import { median, quantile } from '../../test/support/figures.js';
import type { Measured, Slice } from '../compare.js';
import type { Column } from './section.js';

/** Below this, a figure is shown with one decimal. */
const LARGE = 10;

type Pick = (slice: Slice) => number;

export const pickCpu: Pick = ({ cpuMicros }) => cpuMicros;
export const pickRate: Pick = ({ callsPerSecond }) => callsPerSecond;
export const pickP99: Pick = ({ p99 }) => p99;

export const CPU = toMedian('CPU µs a call', pickCpu);
export const RATE = toMedian('calls a second', pickRate);
export const P50 = toMedian('p50 ms', ({ p50 }) => p50);
export const P99 = toMedian('p99 ms', pickP99);
export const KIB: Column = { head: 'KiB a call', toText: (each) => format(toKib(each)) };
export const BUSY = toMedian('busy %', ({ busy }) => busy * 100);
export const RSS: Column = { head: 'RSS MiB', toText: ({ rssMib }) => format(rssMib) };
export const SLOWEST: Column = {
  head: 'slowest ms',
  toText: ({ slices }) => format(Math.max(...slices.map(({ max }) => max))),
};
export const REFUSED: Column = {
  head: 'refused %',
  toText: ({ slices }) => {
    const refused = slices.reduce((sum, each) => sum + each.refused, 0);
    return format((100 * refused) / slices.reduce((sum, each) => sum + each.sent, 0));
  },
};

function toMedian(head: string, pick: Pick): Column {
  return { head, toText: ({ slices }) => format(median(slices.map(pick))) };
}

/** Collections are too rare for a figure of a single slice. */
export function toKib({ slices }: Measured): number {
  const allocated = slices.reduce((sum, { allocatedKib }) => sum + allocatedKib, 0);
  return allocated / slices.reduce((sum, { answered }) => sum + answered, 0);
}

/** The median of the ratios within each round, and the quartiles. */
export function ratioTo(reference: string, head: string, pick: Pick): Column {
  return {
    head,
    toText: (each, all) => {
      const ratios = listRatios(each, findByLabel(all, reference), pick);
      const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share));
      if (each.label === reference) return '1';
      return `${formatRatio(middle)} (${formatRatio(low)}–${formatRatio(high)})`;
    },
  };
}

/** The ratio of two sides in each round. */
export function listRatios(each: Measured, reference: Measured, pick: Pick): number[] {
  const ratios = each.slices.map((slice, round) => {
    const other = reference.slices[round];
    return other === undefined ? NaN : pick(slice) / pick(other);
  });
  // On a machine that is too busy, a slice may have no answer.
  return ratios.filter((ratio) => Number.isFinite(ratio) && ratio > 0);
}

export function findByLabel(all: readonly Measured[], label: string): Measured {
  const found = all.find((each) => each.label === label);
  if (found === undefined) throw new Error(`nothing was measured for ${label}`);
  return found;
}

export function format(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value < LARGE ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}

function formatRatio(value = NaN): string {
  if (!Number.isFinite(value)) return '–';
  return value < LARGE ? value.toFixed(2) : value.toFixed(1);
}
