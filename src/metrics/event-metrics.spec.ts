import { beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { Catalogue } from './catalogue.js';
import { EventMetrics } from './event-metrics.js';

const ACCOUNT = '17841405822304914';

describe('EventMetrics', () => {
  let registry: Registry;
  let metrics: EventMetrics;
  beforeEach(() => {
    registry = new Registry();
    metrics = new EventMetrics(new Catalogue(registry), () => 0);
  });
  const valuesOf = async (name: string): Promise<number[]> => {
    const metric = await registry.getSingleMetric(name)?.get();
    return (metric?.values ?? []).map(({ value }) => value);
  };

  it('counts an event and an outcome with an alert from 0', async () => {
    const events = await registry.getSingleMetric('instagram_proxy_log_events_total')?.get();
    expect(events?.values).toContainEqual({ labels: { event: 'invariant.broken' }, value: 0 });
    const actions = await registry.getSingleMetric('instagram_proxy_actions_total')?.get();
    const labels = { action: 'channelback', outcome: 'internal' };
    expect(actions?.values).toContainEqual({ labels, value: 0 });
  });

  it('forgets the end of a login that was replaced by one without an end', async () => {
    const name = 'instagram_proxy_login_end_timestamp_seconds';
    metrics.note('account.pulled', { account: ACCOUNT, outcome: 'ok', login_ends: 4_000_000_000 });
    expect(await valuesOf(name)).toEqual([4_000_000_000]);
    metrics.note('account.pulled', { account: ACCOUNT, outcome: 'ok' });
    expect(await valuesOf(name)).toEqual([]);
  });
});
