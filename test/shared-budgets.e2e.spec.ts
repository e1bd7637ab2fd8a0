import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { BUDGET_MS } from '../src/events/events.service.js';
import { Database } from '../src/ledger/database/database.js';
import { LedgerSweep } from '../src/ledger/ledger-sweep.js';
import { useEngine } from './support/engines.js';
import { TestPostgres } from './support/postgres.js';
import { type Answer, JSON_TYPE, type TestService } from './support/service.js';
import { SetupFixture } from './support/setup-fixture.js';

/** Pasted tokens of one address, and connection checks of one account, in half an hour. */
const TOKENS_MAX = 30;
const CHECKS_MAX = 60;
/** Unsigned events of one address, and entries that change nothing, in a minute. */
const EVENTS_MAX = 5000;
const ENTRIES = 499;

describe('two replicas on one PostgreSQL', () => {
  const setup = new SetupFixture();
  const engine = useEngine(() => TestPostgres.start());
  let one: TestService;
  /** Serves the setup pages. */
  let two: TestService;
  beforeAll(async () => {
    await setup.startInstagram();
    const DATABASE_URL = await engine.makeDatabase();
    await setup.startService({ DATABASE_URL });
    one = setup.service;
    await setup.startService({ DATABASE_URL });
    two = setup.service;
  });
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()]);
    await setup.instagram.stop();
  });

  const send = async (service: TestService, entries: number): Promise<Answer> => {
    const { json: manifest } = await service.request('GET', '/manifest.json');
    const resource_events = Array.from({ length: entries }, (_, index) => ({
      type_id: 'comment_on_new_ticket',
      external_id: 'media:999',
      ticket_id: index + 1,
      comment_id: 1,
    }));
    const event = {
      type_id: 'resources_created_from_external_ids',
      timestamp: new Date(service.clock.now()).toISOString(),
      subdomain: 'omniwear',
      integration_name: manifest.name,
      integration_id: manifest.id,
      data: { resource_events },
    };
    return service.post('/event_callback', JSON.stringify({ events: [event] }), JSON_TYPE);
  };

  it('refuse a token if the other replica has checked as many as the limit allows', async () => {
    const page = await setup.open();
    await setup.useService(one, async () => {
      for (let times = 0; times < TOKENS_MAX; times += 1) {
        await setup.step('token', page, { token: 'x' });
      }
    });
    const calls = setup.instagram.seen.length;
    const refused = await setup.step('token', page, { token: OMNIWEAR.token });
    expect(refused.text).toContain('Too many tokens');
    expect(setup.instagram.seen).toHaveLength(calls);
  });

  it('check an account at most as often together as one would alone', async () => {
    const edit = (): Promise<unknown> => setup.open({ metadata: two.metadata });
    await setup.useService(one, async () => {
      for (let times = 0; times < CHECKS_MAX; times += 1) await edit();
    });
    const calls = setup.instagram.seen.length;
    await edit();
    expect(setup.instagram.seen).toHaveLength(calls);
  });

  it('answer 429 to a sender of events whose budget another replica counted', async () => {
    for (let sent = 0; sent < EVENTS_MAX; sent += ENTRIES + 1) {
      expect((await send(one, ENTRIES)).status).toBe(200);
    }
    expect((await send(two, 1)).status).toBe(429);
  });

  it('delete the counts whose window has ended', async () => {
    const { db } = two.app.get(Database);
    await send(two, 1);
    await sql`update budget_counts set ends_ms = ends_ms - ${BUDGET_MS}::bigint`.execute(db);
    const before = await db.selectFrom('budget_counts').selectAll().execute();
    await two.app.get(LedgerSweep).sweep();
    const after = await db.selectFrom('budget_counts').selectAll().execute();
    // The windows of the setup last longer than those of events.
    expect([before.length - after.length, after.length > 0]).toEqual([2, true]);
  });
});
