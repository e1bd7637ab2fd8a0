import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { Database } from '../src/ledger/database/database.js';
import { GateHolds } from '../src/ledger/gate/gate-holds.js';
import { LedgerSweep } from '../src/ledger/ledger-sweep.js';
import { ENGINES, useEngine } from './support/engines.js';
import { type Answer, useService } from './support/service.js';

const MINUTE = 60;
/** Long enough that the answer of the refused call leaves before the hold is stored. */
const STORE_MS = 1000;
const HALF_AN_HOUR = JSON.stringify({
  [OMNIWEAR.igUserId]: [{ type: 'instagram', estimated_time_to_regain_access: 30 }],
});
const RENEWED = 'sandbox-omniwear-renewed-token';

interface Refusal {
  readonly code: number;
  readonly expected: string;
  /** The bounds of `retry_after_seconds` in the answer; undefined for none. */
  readonly seconds: readonly [number, number] | undefined;
  readonly headers?: Record<string, string>;
}

describe.each(ENGINES)('the gate after a restart on %s', (_engine, startEngine) => {
  const engine = useEngine(startEngine);
  const { service, instagram } = useService(
    async () => ({ DATABASE_URL: await engine.makeDatabase() }),
    { per: 'test' },
  );
  const like = (metadata = service.metadata): Promise<Answer> =>
    service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true }, metadata);
  const errorOf = ({ json }: Answer): Record<string, unknown> =>
    json.error as Record<string, unknown>;
  /** Other metadata of the account, with a token that Instagram accepts. */
  let renewed: string;
  beforeEach(async () => {
    const token = instagram.world.tokens.get(OMNIWEAR.token);
    expect(token).toBeDefined();
    if (token !== undefined) instagram.world.tokens.set(RENEWED, { ...token });
    renewed = await service.seal({ user_token: RENEWED });
  });

  it('deletes the pause of a token that nobody uses any more', async () => {
    const { db } = service.app.get(Database);
    const read = (): Promise<unknown[]> => db.selectFrom('gate_holds').select('token').execute();
    const sweep = (): Promise<void> => service.app.get(LedgerSweep).sweep();
    instagram.failNext({ kind: 'graph_error', code: 190 });
    await like();
    while ((await read()).length === 0) await sleep(1);
    await sweep();
    expect(await read()).toHaveLength(1);
    const aged = { changed_ms: 1, until_ms: 1 };
    await db.updateTable('gate_holds').set(aged).execute();
    await sweep();
    expect(await read()).toEqual([]);
  });

  it.each<Refusal>([
    { code: 190, expected: 'auth_expired', seconds: undefined },
    { code: 368, expected: 'action_blocked', seconds: [59 * MINUTE, 60 * MINUTE] },
    {
      code: 80002,
      expected: 'rate_limited',
      seconds: [29 * MINUTE, 30 * MINUTE],
      headers: { 'x-business-use-case-usage': HALF_AN_HOUR },
    },
  ])('sends nothing while $code lasts', async ({ code, expected, seconds, headers }) => {
    instagram.failNext({
      kind: 'graph_error',
      code,
      ...(headers === undefined ? {} : { headers }),
    });
    const refused = errorOf(await like());
    expect(refused.code).toBe(expected);
    await service.restart();
    instagram.seen.length = 0;
    for (const answer of await Promise.all([like(), like(), like()])) {
      const error = errorOf(answer);
      expect(error).toMatchObject({ code: expected, message: refused.message });
      if (seconds === undefined) {
        expect(error).not.toHaveProperty('retry_after_seconds');
        continue;
      }
      expect(error.retry_after_seconds).toBeGreaterThanOrEqual(seconds[0]);
      expect(error.retry_after_seconds).toBeLessThanOrEqual(seconds[1]);
    }
    expect(instagram.seen).toEqual([]);
  });

  it('keeps a hold that the database was still storing when the service stopped', async () => {
    const holds = service.app.get(GateHolds);
    const save = holds.save.bind(holds);
    let stored = 0;
    jest.spyOn(holds, 'save').mockImplementation(async (hold) => {
      await sleep(STORE_MS);
      await save(hold);
      stored += 1;
    });
    instagram.failNext('graph_error', { code: 368 });
    await like();
    expect(stored).toBe(0);
    await service.restart();
    instagram.seen.length = 0;
    expect(errorOf(await like())).toMatchObject({ code: 'action_blocked' });
    expect(instagram.seen).toEqual([]);
  });

  it('accepts other metadata at once after 190', async () => {
    instagram.failNext('graph_error', { code: 190 });
    await like();
    await service.restart();
    const answer = await like(renewed);
    expect(answer.json).toMatchObject({ ok: true });
    // The refused token stays closed.
    expect(errorOf(await like())).toMatchObject({ code: 'auth_expired' });
  });

  it('accepts no other metadata of a blocked account', async () => {
    instagram.failNext('graph_error', { code: 368 });
    await like();
    await service.restart();
    instagram.seen.length = 0;
    expect(errorOf(await like(renewed))).toMatchObject({ code: 'action_blocked' });
    expect(instagram.seen).toEqual([]);
  });
});
