import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { ERROR_CODES } from '../src/domain/error-codes.js';
import type { HoldCause } from '../src/ledger/gate/gate-holds.js';
import { Catalogue } from '../src/metrics/catalogue.js';
import { ACTIONS, ALERTED_EVENTS, ALERTED_OUTCOMES } from '../src/metrics/event-metrics.js';
import { ROOT } from './support/run.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
}
interface RuleTest {
  readonly name: string;
  readonly input_series: readonly { readonly series: string }[];
  readonly promql_expr_test?: readonly { expr: string; exp_samples: readonly unknown[] }[];
}
interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const rules = (
  parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const ruleTests = ['alerts', 'hours'].flatMap(
  (name) => (parse(read(`deploy/prometheus/${name}.test.yml`)) as { tests: RuleTest[] }).tests,
);
const { panels } = JSON.parse(read('deploy/grafana/dashboard.json')) as { panels: Panel[] };

const registry = new Registry();
new Catalogue(registry);
/** The labels of each series that Prometheus stores, by the name of the series. */
const SERIES = new Map<string, readonly string[]>([['up', []]]);
// The type of a metric does not declare its labels and buckets.
for (const metric of registry.getMetricsAsArray() as unknown as {
  name: string;
  labelNames: string[];
  buckets?: number[];
}[]) {
  const { name, labelNames, buckets } = metric;
  if (buckets === undefined) SERIES.set(name, labelNames);
  else {
    SERIES.set(`${name}_bucket`, [...labelNames, 'le']);
    for (const suffix of ['_sum', '_count']) SERIES.set(`${name}${suffix}`, labelNames);
  }
}
/** Labels that Prometheus adds to each series. */
const ADDED = ['job', 'instance'];

const EVENTS = [
  ...(read('src/common/logging/events.ts').split('export interface LogEvents {')[1] ?? '').matchAll(
    /^ {2}'([\w.]+)':/gm,
  ),
].map(([, name = '']) => name);
const CAUSES = Object.keys({
  token: true,
  block: true,
  limit: true,
  usage: true,
} satisfies Record<HoldCause, true>);
const ROUTES = Object.keys((JSON.parse(read('openapi.json')) as { paths: object }).paths);
/** The values of each label that has a fixed list. */
const VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ['event', EVENTS],
  ['outcome', ['ok', ...ERROR_CODES]],
  ['action', [...ACTIONS.values()]],
  ['reason', CAUSES],
  ['http_route', ROUTES],
  ['operation', ['like', 'message', 'write', 'read']],
]);

interface Matcher {
  readonly label: string;
  readonly isPattern: boolean;
  readonly value: string;
}
interface Use {
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

const MATCHER = /\b(\w{1,40})\s?(=~|!~|!=|=)\s?"([^"]*)"/g;
const GROUPING = /\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
/** PromQL's words between names of metrics: operators and `offset`. */
const WORDS = new Set(['and', 'or', 'unless', 'offset', 'bool']);

/** Finds the series of an expression, and their matchers. Functions precede a parenthesis. */
function listUses(expr: string): Use[] {
  const text = expr.replace(GROUPING, ' ').replace(/\[[^[\]]*\]/g, ' ');
  const uses: Use[] = [];
  for (const [, name = '', , braces = ''] of text.matchAll(
    /(?<![\w"$.])([a-z_]\w*)\b(?!\s*\()(\s*\{([^}]*)\})?/gi,
  )) {
    if (WORDS.has(name)) continue;
    const matchers = [...braces.matchAll(MATCHER)].map(([, label = '', sign = '', value = '']) => ({
      label,
      isPattern: sign.endsWith('~'),
      value,
    }));
    uses.push({ name, matchers });
  }
  return uses;
}

const listGrouped = (expr: string): string[] =>
  [...expr.matchAll(GROUPING)].flatMap(([, labels = '']) =>
    labels
      .split(',')
      .map((label) => label.trim())
      .filter((label) => label !== ''),
  );

/** Finds names and values in an expression that the service does not have. */
function findUnknown(expr: string): string[] {
  const uses = listUses(expr);
  const known = new Set([...ADDED, ...uses.flatMap(({ name }) => SERIES.get(name) ?? [])]);
  return [
    ...(uses.length === 0 ? ['no series'] : []),
    ...uses.filter(({ name }) => !SERIES.has(name)).map(({ name }) => name),
    ...uses.flatMap(({ name, matchers }) =>
      matchers
        .filter(({ label }) => ![...ADDED, ...(SERIES.get(name) ?? [])].includes(label))
        .map(({ label }) => `${name}{${label}}`),
    ),
    ...listGrouped(expr).filter((label) => !known.has(label)),
    ...uses.flatMap(({ matchers }) => matchers.flatMap(findUnknownValues)),
  ];
}

/** Each alternative of a pattern must match a value, so a wrong one is not hidden by another. */
function findUnknownValues({ label, isPattern, value }: Matcher): string[] {
  const values = VALUES.get(label);
  if (values === undefined) return [];
  return (isPattern ? value.split('|') : [value])
    .filter((part) =>
      isPattern
        ? !values.some((one) => new RegExp(`^(?:${part})$`).test(one))
        : !values.includes(part),
    )
    .map((part) => `${label}="${part}"`);
}

describe.each(rules.map((rule) => [rule.alert, rule] as const))('the alert %s', (name, rule) => {
  it('uses metrics, labels and values that exist', () => {
    expect(findUnknown(rule.expr)).toEqual([]);
  });

  it('has a severity, a time and texts', () => {
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(rule.for).toMatch(/^\d+[mh]$/);
    expect(rule.annotations.summary).toMatch(/\.$/);
    expect(rule.annotations.description).toMatch(/\bFirst [^.]+/);
  });

  it('has a test that fires and one that does not', () => {
    const cases = ruleTests
      .find((test) => test.name === name)
      ?.promql_expr_test?.filter(({ expr }) => expr.includes(`"${name}"`));
    expect(new Set(cases?.map(({ exp_samples: { length } }) => length))).toEqual(new Set([0, 1]));
  });
});

describe('the alerts', () => {
  it('each have a section of the runbook, and the runbook has no other', () => {
    const sections = [...read('docs/runbook.md').matchAll(/^## (.+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(rules.map(({ alert }) => alert));
    expect(rules.map(({ annotations }) => annotations.runbook_url)).toEqual(
      rules.map(({ alert }) => `docs/runbook.md#${alert.toLowerCase()}`),
    );
    const severities = read('docs/runbook.md').matchAll(/^Severity: (\w+)\.$/gm);
    expect([...severities].map(([, severity]) => severity)).toEqual(
      rules.map(({ labels }) => labels.severity),
    );
  });

  it('count events and outcomes that are 0 from the start, and no others do', () => {
    const listValues = (metric: string, label: string): string[] =>
      rules
        .flatMap(({ expr }) => listUses(expr))
        .filter(({ name }) => name === metric)
        .flatMap(({ matchers }) => matchers.filter((matcher) => matcher.label === label))
        .flatMap(({ value }) => value.split('|'));
    const events = listValues('instagram_proxy_log_events_total', 'event');
    expect([...new Set(events)].sort()).toEqual([...ALERTED_EVENTS].sort());
    const outcomes = listValues('instagram_proxy_actions_total', 'outcome');
    expect(new Set(outcomes)).toEqual(new Set(['ok', ...ALERTED_OUTCOMES]));
  });

  it('are tested with series that the service has', () => {
    const series = ruleTests.flatMap((test) => test.input_series.map((input) => input.series));
    expect(series.flatMap(findUnknown)).toEqual([]);
  });
});

describe('the dashboard', () => {
  const exprs = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  it('uses metrics, labels and values that exist', () => {
    expect(exprs.flatMap(findUnknown)).toEqual([]);
  });

  it('shows each metric of the service', () => {
    const shown = new Set(exprs.flatMap(listUses).map(({ name }) => name));
    const missing = registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => !/^(?:nodejs|process)_/.test(name))
      .filter((name) => !['', '_bucket', '_count'].some((suffix) => shown.has(name + suffix)));
    expect(missing).toEqual([]);
  });
});

describe('the check of an expression', () => {
  it.each([
    ['rate(instagram_proxy_likes_total[5m]) > 0', ['instagram_proxy_likes_total']],
    ['instagram_proxy_ledger_seconds > 1', ['instagram_proxy_ledger_seconds']],
    ['sum by (route) (instagram_proxy_gate_holds)', ['route']],
    ['instagram_proxy_gate_holds{user="a"}', ['instagram_proxy_gate_holds{user}']],
    ['instagram_proxy_gate_holds{reason="tokn"}', ['reason="tokn"']],
    ['instagram_proxy_actions_total{action=~"like|lik"}', ['action="lik"']],
    ['instagram_proxy_log_events_total{event="ledger.broke"}', ['event="ledger.broke"']],
    ['up{job="instagram-proxy"} offset 1h == 0', []],
  ])('finds what is wrong in %s', (expr, unknown) => {
    expect(findUnknown(expr)).toEqual(unknown);
  });
});
