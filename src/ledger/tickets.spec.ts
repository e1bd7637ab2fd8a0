import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MovableClock } from '../../sandbox/clock.js';
import { CapturedLog } from '../../test/support/capture.js';
import { ENGINES, settingsOf, type TestEngine } from '../../test/support/engines.js';
import { ConnectedAccounts } from './connected-accounts.js';
import { Database } from './database.js';
import { Permalinks } from './permalinks.js';
import { CommentAuthors } from './comment-authors.js';
import { TicketMap } from './ticket-map.js';
import { ROWS_PER_ACCOUNT, TicketNotes, TICKETS_PER_RESOURCE } from './ticket-notes.js';
import type { TicketMention } from './ticket-rows.js';

/** Larger than 32 bits hold. */
const TICKET = 90_071_992_547_409;
const DAY_SECONDS = 86_400;
const POST = { kind: 'media', id: '5' };

describe.each(ENGINES)('the map of tickets on %s', (_, startEngine) => {
  let engine: TestEngine;
  let database: Database;
  let clock: MovableClock;
  let accounts: ConnectedAccounts;
  let tickets: TicketMap;
  let notes: TicketNotes;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  afterEach(() => database.onApplicationShutdown());
  beforeEach(async () => {
    clock = new MovableClock();
    database = new Database(settingsOf(await engine.makeDatabase()));
    await database.onModuleInit();
    accounts = new ConnectedAccounts(database, clock);
    tickets = new TicketMap(database, clock, new CapturedLog().log);
    notes = new TicketNotes(database, clock);
  });

  /** An account with one post and comments on it. */
  const connect = async (
    igUserId: string,
    subdomain: string | undefined,
    mediaId = '5',
    comments: readonly string[] = ['6', '7', '8'],
  ): Promise<void> => {
    await accounts.note({ igUserId, subdomain }, 'active', 0);
    await new Permalinks(database).remember(
      igUserId,
      new Map([[mediaId, 'https://www.instagram.com/p/A/']]),
    );
    await new CommentAuthors(database, clock).remember(
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

  it('knows the post or comment that a ticket was made of, and keeps what was first', async () => {
    await connect('1', 'omniwear');
    await notes.add('omniwear', [post(TICKET, 'part'), comment(TICKET)]);
    await notes.add('omniwear', [comment(TICKET, '9')]);
    await notes.add('omniwear', [comment(TICKET, '8')]);
    const target = { kind: 'comment', id: '6' };
    expect(await tickets.targetOf('1', 'omniwear', TICKET)).toEqual(target);
    expect(await tickets.targetOf('1', undefined, TICKET)).toEqual(target);
    expect(await tickets.targetOf('2', 'omniwear', TICKET)).toBeUndefined();
  });

  it('does not let one account displace another account’s ticket of the same number', async () => {
    await connect('1', 'omniwear', '5', ['6']);
    await connect('2', 'omniwear', '50', ['60']);
    await notes.add('omniwear', [comment(62, '60', 'first', '50')]);
    await notes.add('omniwear', [comment(62, '6')]);
    expect(await tickets.targetOf('1', 'omniwear', 62)).toEqual({ kind: 'comment', id: '6' });
    expect(await tickets.targetOf('2', 'omniwear', 62)).toEqual({ kind: 'comment', id: '60' });
  });

  it('stores nothing for an account that is not connected at the Zendesk', async () => {
    await connect('1', 'omniwear');
    await accounts.note({ igUserId: '1', subdomain: 'omniwear-eu' }, 'active', 0);
    expect(await notes.add('stranger', [comment(62), post(63)])).toBe(2);
    await accounts.note({ igUserId: '1', subdomain: 'omniwear' }, 'removed', 1);
    await accounts.note({ igUserId: '1', subdomain: 'omniwear-eu' }, 'removed', 1);
    expect(await notes.add('omniwear', [comment(62)])).toBe(1);
    expect(await rows()).toBe(0);
  });

  it('stores a bounded number of tickets of one resource when many come at once', async () => {
    await connect('1', 'omniwear');
    await notes.add('omniwear', [comment(62)]);
    const floods = Array.from({ length: 20 }, (__, call) =>
      notes.add(
        call % 2 === 0 ? 'omniwear' : `stranger-${String(call)}`,
        Array.from({ length: 100 }, (___, index) => comment(1000 + call * 100 + index)),
      ),
    );
    const useless = (await Promise.all(floods)).reduce((sum, count) => sum + count, 0);
    expect(await rows()).toBe(2 * TICKETS_PER_RESOURCE);
    expect(useless).toBe(2000 - (await rows()) + 1);
    expect(await tickets.targetOf('1', 'omniwear', 62)).toEqual({ kind: 'comment', id: '6' });
  });

  it('accepts a new name of the one Zendesk, unless the known name contradicts', async () => {
    await connect('1', 'omniwear');
    await notes.add('omniwear', [comment(62)]);
    await notes.add('omniwear-eu', [comment(62, '7'), comment(63, '8')]);
    expect(await tickets.targetOf('1', 'omniwear', 62)).toEqual({ kind: 'comment', id: '6' });
    expect(await tickets.targetOf('1', 'omniwear', 63)).toEqual({ kind: 'comment', id: '8' });
    await notes.add('stranger', [comment(63, '7')]);
    expect(await tickets.targetOf('1', 'omniwear', 63)).toBeUndefined();
  });

  it('prefers a new name that came with metadata over one that did not', async () => {
    await connect('1', 'omniwear');
    await notes.add('stranger', [comment(63, '7')]);
    await accounts.noteName({ igUserId: '1', subdomain: 'omniwear' }, 'omniwear-eu');
    await notes.add('omniwear-eu', [comment(63, '8')]);
    expect(await tickets.targetOf('1', 'omniwear', 63)).toEqual({ kind: 'comment', id: '8' });
    // The account was connected again under the new name.
    await accounts.note({ igUserId: '1', subdomain: 'omniwear-eu' }, 'active', 0);
    await notes.add('omniwear', [comment(62)]);
    expect(await tickets.targetOf('1', 'omniwear-eu', 62)).toEqual({ kind: 'comment', id: '6' });
  });

  it('does not mix the tickets of an account’s two Zendesks', async () => {
    await connect('1', 'omniwear');
    await connect('1', 'omniwear-us');
    await notes.add('omniwear', [comment(62)]);
    await notes.add('omniwear-us', [comment(62, '7')]);
    expect(await tickets.targetOf('1', 'omniwear', 62)).toEqual({ kind: 'comment', id: '6' });
    expect(await tickets.targetOf('1', 'omniwear-us', 62)).toEqual({ kind: 'comment', id: '7' });
    await notes.add('omniwear-us', [comment(63)]);
    expect(await tickets.targetOf('1', 'omniwear', 63)).toBeUndefined();
  });

  it('serves an account whose seal names no Zendesk, and does not guess between two', async () => {
    await connect('1', undefined);
    await notes.add('omniwear', [comment(62), comment(63)]);
    expect(await tickets.targetOf('1', undefined, 62)).toEqual({ kind: 'comment', id: '6' });
    await notes.add('stranger', [comment(62, '7')]);
    expect(await tickets.targetOf('1', undefined, 62)).toBeUndefined();
    // Its metadata came from there.
    await accounts.noteName({ igUserId: '1', subdomain: undefined }, 'omniwear');
    expect(await tickets.targetOf('1', undefined, 62)).toEqual({ kind: 'comment', id: '6' });
  });

  it('keeps the five names of a connection that were used last', async () => {
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

  it('leads a followed ticket to the post, and a known one to its first comment', async () => {
    await connect('1', 'omniwear');
    await notes.add('omniwear', [comment(80)]);
    await notes.add('omniwear', [comment(501, '7'), comment(80, '7', 'followed')]);
    await notes.add('omniwear', [comment(502, '8'), comment(81, '8', 'followed')]);
    const targets = [80, 501, 502, 81].map((id) => tickets.targetOf('1', 'omniwear', id));
    expect(await Promise.all(targets)).toEqual([
      { kind: 'comment', id: '6' },
      { kind: 'comment', id: '7' },
      { kind: 'comment', id: '8' },
      POST,
    ]);
  });

  it('forgets tickets that were unused for 400 days, and keeps the used ones', async () => {
    await connect('1', 'omniwear');
    await notes.add('omniwear', [comment(62), comment(63, '7')]);
    clock.advance(200 * DAY_SECONDS);
    await tickets.targetOf('1', 'omniwear', 63);
    clock.advance(201 * DAY_SECONDS);
    await tickets.deleteUnused();
    expect(await tickets.targetOf('1', 'omniwear', 62)).toBeUndefined();
    expect(await tickets.targetOf('1', 'omniwear', 63)).toEqual({ kind: 'comment', id: '7' });
  });

  it('drops the tickets that were unused longest when an account has too many', async () => {
    await connect('1', 'omniwear');
    const last = sql.lit(ROWS_PER_ACCOUNT);
    await sql`
      with recursive numbers(n) as (
        select 1 union all select n + 1 from numbers where n < ${last}
      )
      insert into ticket_resources (
        ig_user_id, subdomain, ticket_id, external_id, media_id, is_first, used_on
      )
      select '1', 'omniwear', n, 'media:9', '9', 0, '2020-01-01' from numbers`.execute(database.db);
    await notes.add('omniwear', [comment(TICKET)]);
    expect(await rows()).toBe(ROWS_PER_ACCOUNT);
    expect(await tickets.targetOf('1', 'omniwear', 1)).toBeUndefined();
    expect(await tickets.targetOf('1', 'omniwear', TICKET)).toEqual({ kind: 'comment', id: '6' });
  });
});
