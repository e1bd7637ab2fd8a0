import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MovableClock } from '../../../sandbox/clock.js';
import { ENGINES, settingsOf, type TestEngine } from '../../../test/support/engines.js';
import { createStores, type LedgerStores } from '../../../test/support/ledger-stores.js';
import type { ConnectedAccounts } from '../accounts/connected-accounts.js';
import { Database } from '../database/database.js';
import type { TicketFinder } from './ticket-finder.js';
import type { TicketMention } from './ticket-mention.js';
import { ROWS_PER_ACCOUNT, type TicketRecorder, TICKETS_PER_RESOURCE } from './ticket-recorder.js';

/** Needs more than 32 bits. */
const TICKET = 90_071_992_547_409;
const DAY_SECONDS = 86_400;
const POST = { kind: 'media', id: '5' };

describe.each(ENGINES)('the tickets on %s', (_, startEngine) => {
  let engine: TestEngine;
  let database: Database;
  let clock: MovableClock;
  let stores: LedgerStores;
  let accounts: ConnectedAccounts;
  let finder: TicketFinder;
  let recorder: TicketRecorder;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  afterEach(() => database.onApplicationShutdown());
  beforeEach(async () => {
    clock = new MovableClock();
    database = new Database(settingsOf(await engine.makeDatabase()));
    await database.onModuleInit();
    stores = createStores(database, clock);
    ({ accounts, ticketFinder: finder, ticketRecorder: recorder } = stores);
  });

  /** An account with one post and comments on it. */
  const connect = async (
    igUserId: string,
    subdomain: string | undefined,
    mediaId = '5',
    comments: readonly string[] = ['6', '7', '8'],
  ): Promise<void> => {
    await accounts.note({ igUserId, subdomain }, 'active', 0);
    await stores.permalinks.remember(
      igUserId,
      new Map([[mediaId, 'https://www.instagram.com/p/A/']]),
    );
    await stores.authors.remember(
      igUserId,
      comments.map((commentId) => ({ commentId, mediaId, authorId: 'author' })),
    );
  };
  const comment = (
    ticketId: number,
    commentId = '6',
    place: TicketMention['place'] = 'first',
    mediaId = '5',
  ): TicketMention => ({
    ticketId,
    externalId: `comment:${mediaId}:${commentId}`,
    mediaId,
    commentId,
    place,
  });
  const post = (ticketId: number, place: TicketMention['place'] = 'first'): TicketMention => ({
    ticketId,
    externalId: 'media:5',
    mediaId: '5',
    commentId: undefined,
    place,
  });
  const rows = async (): Promise<number> => {
    const { count } = await database.db
      .selectFrom('ticket_resources')
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return count;
  };

  it('finds the first post or comment of a ticket, and keeps it', async () => {
    await connect('1', 'omniwear');
    await recorder.add('omniwear', [post(TICKET, 'part'), comment(TICKET)]);
    await recorder.add('omniwear', [comment(TICKET, '9')]);
    await recorder.add('omniwear', [comment(TICKET, '8')]);
    const target = { kind: 'comment', id: '6' };
    expect(await finder.findTarget('1', 'omniwear', TICKET)).toEqual(target);
    expect(await finder.findTarget('1', undefined, TICKET)).toEqual(target);
    expect(await finder.findTarget('2', 'omniwear', TICKET)).toBeUndefined();
  });

  it('keeps tickets of two accounts apart that have the same number', async () => {
    await connect('1', 'omniwear', '5', ['6']);
    await connect('2', 'omniwear', '50', ['60']);
    await recorder.add('omniwear', [comment(62, '60', 'first', '50')]);
    await recorder.add('omniwear', [comment(62, '6')]);
    expect(await finder.findTarget('1', 'omniwear', 62)).toEqual({ kind: 'comment', id: '6' });
    expect(await finder.findTarget('2', 'omniwear', 62)).toEqual({ kind: 'comment', id: '60' });
  });

  it('stores nothing for an account that is not connected to the Zendesk', async () => {
    await connect('1', 'omniwear');
    await accounts.note({ igUserId: '1', subdomain: 'omniwear-eu' }, 'active', 0);
    expect(await recorder.add('stranger', [comment(62), post(63)])).toBe(2);
    await accounts.note({ igUserId: '1', subdomain: 'omniwear' }, 'removed', 1);
    await accounts.note({ igUserId: '1', subdomain: 'omniwear-eu' }, 'removed', 1);
    expect(await recorder.add('omniwear', [comment(62)])).toBe(1);
    expect(await rows()).toBe(0);
  });

  it('stores a limited number of tickets for one resource when many arrive at once', async () => {
    await connect('1', 'omniwear');
    await recorder.add('omniwear', [comment(62)]);
    const floods = Array.from({ length: 20 }, (__, call) =>
      recorder.add(
        call % 2 === 0 ? 'omniwear' : `stranger-${String(call)}`,
        Array.from({ length: 100 }, (___, index) => comment(1000 + call * 100 + index)),
      ),
    );
    const useless = (await Promise.all(floods)).reduce((sum, count) => sum + count, 0);
    expect(await rows()).toBe(2 * TICKETS_PER_RESOURCE);
    expect(useless).toBe(2000 - (await rows()) + 1);
    expect(await finder.findTarget('1', 'omniwear', 62)).toEqual({ kind: 'comment', id: '6' });
  });

  it('accepts a new name of the only Zendesk unless the known name contradicts it', async () => {
    await connect('1', 'omniwear');
    await recorder.add('omniwear', [comment(62)]);
    await recorder.add('omniwear-eu', [comment(62, '7'), comment(63, '8')]);
    expect(await finder.findTarget('1', 'omniwear', 62)).toEqual({ kind: 'comment', id: '6' });
    expect(await finder.findTarget('1', 'omniwear', 63)).toEqual({ kind: 'comment', id: '8' });
    await recorder.add('stranger', [comment(63, '7')]);
    expect(await finder.findTarget('1', 'omniwear', 63)).toBeUndefined();
  });

  it('prefers a new name that came with metadata to one that came without', async () => {
    await connect('1', 'omniwear');
    await recorder.add('stranger', [comment(63, '7')]);
    await accounts.noteName({ igUserId: '1', subdomain: 'omniwear' }, 'omniwear-eu');
    await recorder.add('omniwear-eu', [comment(63, '8')]);
    expect(await finder.findTarget('1', 'omniwear', 63)).toEqual({ kind: 'comment', id: '8' });
    // The account was connected again under the new name.
    await accounts.note({ igUserId: '1', subdomain: 'omniwear-eu' }, 'active', 0);
    await recorder.add('omniwear', [comment(62)]);
    expect(await finder.findTarget('1', 'omniwear-eu', 62)).toEqual({ kind: 'comment', id: '6' });
  });

  it('does not mix the tickets of an account’s two Zendesks', async () => {
    await connect('1', 'omniwear');
    await connect('1', 'omniwear-us');
    await recorder.add('omniwear', [comment(62)]);
    await recorder.add('omniwear-us', [comment(62, '7')]);
    expect(await finder.findTarget('1', 'omniwear', 62)).toEqual({ kind: 'comment', id: '6' });
    expect(await finder.findTarget('1', 'omniwear-us', 62)).toEqual({ kind: 'comment', id: '7' });
    await recorder.add('omniwear-us', [comment(63)]);
    expect(await finder.findTarget('1', 'omniwear', 63)).toBeUndefined();
  });

  it('serves an account whose seal names no Zendesk, without guessing', async () => {
    await connect('1', undefined);
    await recorder.add('omniwear', [comment(62), comment(63)]);
    expect(await finder.findTarget('1', undefined, 62)).toEqual({ kind: 'comment', id: '6' });
    await recorder.add('stranger', [comment(62, '7')]);
    expect(await finder.findTarget('1', undefined, 62)).toBeUndefined();
    // Its metadata came from there.
    await accounts.noteName({ igUserId: '1', subdomain: undefined }, 'omniwear');
    expect(await finder.findTarget('1', undefined, 62)).toEqual({ kind: 'comment', id: '6' });
  });

  it('keeps the five most recently used names of a connection', async () => {
    const connection = { igUserId: '1', subdomain: 'omniwear' };
    for (let index = 0; index < 8; index += 1) {
      clock.advance(1);
      await accounts.noteName(connection, `name-${String(index)}`);
    }
    await accounts.noteName(connection, 'omniwear');
    const names = await database.db.selectFrom('connection_names').select('name').execute();
    expect(names.map(({ name }) => name).sort()).toEqual(
      [3, 4, 5, 6, 7].map((index) => `name-${String(index)}`),
    );
  });

  it('finds the post for a followed ticket, and the first comment for a known one', async () => {
    await connect('1', 'omniwear');
    await recorder.add('omniwear', [comment(80)]);
    await recorder.add('omniwear', [comment(501, '7'), comment(80, '7', 'followed')]);
    await recorder.add('omniwear', [comment(502, '8'), comment(81, '8', 'followed')]);
    const targets = [80, 501, 502, 81].map((id) => finder.findTarget('1', 'omniwear', id));
    expect(await Promise.all(targets)).toEqual([
      { kind: 'comment', id: '6' },
      { kind: 'comment', id: '7' },
      { kind: 'comment', id: '8' },
      POST,
    ]);
  });

  it('deletes tickets that were unused for 400 days and keeps the others', async () => {
    await connect('1', 'omniwear');
    await recorder.add('omniwear', [comment(62), comment(63, '7')]);
    clock.advance(200 * DAY_SECONDS);
    await finder.findTarget('1', 'omniwear', 63);
    clock.advance(201 * DAY_SECONDS);
    await stores.ticketStore.deleteUnused();
    expect(await finder.findTarget('1', 'omniwear', 62)).toBeUndefined();
    expect(await finder.findTarget('1', 'omniwear', 63)).toEqual({ kind: 'comment', id: '7' });
  });

  it('deletes the least recently used tickets if an account has too many', async () => {
    await connect('1', 'omniwear');
    // In parts, because a statement has a time limit.
    const part = ROWS_PER_ACCOUNT / 20;
    for (let first = 1; first < ROWS_PER_ACCOUNT; first += part) {
      await sql`
        with recursive numbers(n) as (
          select ${sql.lit(first)} union all
          select n + 1 from numbers where n < ${sql.lit(first + part - 1)}
        )
        insert into ticket_resources (
          ig_user_id, subdomain, ticket_id, external_id, media_id, is_first, used_on
        )
        select '1', 'omniwear', n, 'media:9', '9', 0, '2020-01-01' from numbers`.execute(
        database.db,
      );
    }
    await recorder.add('omniwear', [comment(TICKET)]);
    expect(await rows()).toBe(ROWS_PER_ACCOUNT);
    expect(await finder.findTarget('1', 'omniwear', 1)).toBeUndefined();
    expect(await finder.findTarget('1', 'omniwear', TICKET)).toEqual({ kind: 'comment', id: '6' });
  });
});
