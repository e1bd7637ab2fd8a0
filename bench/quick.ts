import { median } from '../test/support/figures.js';
import { compare, type Contestant, type Measured, type Rounds } from './compare.js';
import { type Lab, REFERENCE } from './lab.js';
import {
  CPU,
  findByLabel,
  KIB,
  listRatios,
  pickCpu,
  RATE,
  ratioTo,
  toKib,
} from './report/columns.js';
import { toSection, toText } from './report/section.js';
import { LABELS, startLikes } from './scenarios/scenario.js';

/** The CPU time of a like, compared with bare Fastify and undici. The goal is 2.0. */
const LIKE_RATIO_MAX = 5;
/** What a like allocates. The goal is 60. */
const KIB_MAX = 160;

const TIMES: Rounds = { rounds: 9, seconds: 1, leadInSeconds: 0.4, warmUpSeconds: 4 };
/** One noisy run must not fail a build. */
const TRIES = 2;

/** Checks the ratios that must not grow. Absolute times depend on the machine and fail nothing. */
export async function checkQuickly(lab: Lab): Promise<boolean> {
  const origin = await lab.startOrigin();
  const contestants = await startLikes(lab, ['product', REFERENCE], origin);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    if (await judge(contestants)) return true;
  }
  return false;
}

async function judge(contestants: readonly Contestant[]): Promise<boolean> {
  const measured = await compare(contestants, TIMES);
  const reference = LABELS[REFERENCE];
  const columns = [CPU, ratioTo(reference, '÷ Fastify', pickCpu), KIB, RATE];
  console.log(`${toText(toSection('A like', measured, columns))}\n`);
  const product = findByLabel(measured, LABELS.product);
  const ratio = median(listRatios(product, findByLabel(measured, reference), pickCpu));
  const kib = toKib(product);
  const faults = [
    ...listFailures(measured),
    ...(ratio <= LIKE_RATIO_MAX ? [] : [`a like is above ${String(LIKE_RATIO_MAX)} × Fastify`]),
    ...(kib <= KIB_MAX ? [] : [`a like allocates more than ${String(KIB_MAX)} KiB`]),
  ];
  for (const fault of faults) console.log(fault);
  return faults.length === 0;
}

function listFailures(measured: readonly Measured[]): string[] {
  return measured.flatMap(({ failures }) => failures);
}
