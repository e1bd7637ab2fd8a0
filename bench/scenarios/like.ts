import { compare } from '../compare.js';
import { REFERENCE, type ServerName, SERVERS } from '../lab.js';
import { BUSY, CPU, KIB, P50, P99, pickCpu, RATE, ratioTo, RSS } from '../report/columns.js';
import { type Section, toSection } from '../report/section.js';
import { type Bench, LABELS, type Scenario, startLikes } from './scenario.js';

const COLUMNS = [
  CPU,
  ratioTo(LABELS[REFERENCE], '÷ Fastify', pickCpu),
  ratioTo(LABELS.nest, '÷ Nest', pickCpu),
  RATE,
  P50,
  P99,
  KIB,
  RSS,
  BUSY,
];

/** Title of the table that the chart shows. */
export const LIKE_TITLE = 'A like at saturation, 64 connections';

async function* run({ lab, times }: Bench, title: string, isTls: boolean): AsyncGenerator<Section> {
  const origin = await lab.startOrigin({ isTls });
  const names: readonly ServerName[] = SERVERS;
  const contestants = await startLikes(lab, names, origin);
  yield toSection(title, await compare(contestants, times), COLUMNS);
}

export const like: Scenario = {
  name: 'like',
  about: 'a like, beside the peers',
  run: (bench) => run(bench, LIKE_TITLE, false),
};

export const tls: Scenario = {
  name: 'tls',
  about: 'the same with TLS to Instagram',
  run: (bench) => run(bench, 'A like with TLS to Instagram', true),
};
