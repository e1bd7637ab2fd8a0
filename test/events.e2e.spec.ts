import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { AuthorDeletionService } from '../src/ledger/deletion/author-deletion.service.js';
import { ConnectedAccounts } from '../src/ledger/accounts/connected-accounts.js';
import { Database } from '../src/ledger/database/database.js';
import { LedgerError } from '../src/ledger/database/ledger-error.js';
import { LedgerSweep } from '../src/ledger/ledger-sweep.js';
import { ENGINES, useEngine } from './support/engines.js';
import { type Answer, form, JSON_TYPE, useService } from './support/service.js';

const PHOTO = `media:${OMNIWEAR.photoId}`;
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
const MIRA = '17841400000000002';

describe.each(ENGINES)('POST /event_callback on %s', (_, startEngine) => {
  const engine = useEngine(startEngine);
  const { service } = useService(async () => ({ DATABASE_URL: await engine.makeDatabase() }), {
    per: 'test',
  });
  let manifest: Record<string, unknown>;
  beforeEach(async () => {
    manifest = (await service.request('GET', '/manifest.json')).json;
  });

  const event = (type_id: string, data: object, more: object = {}): object => ({
    type_id,
    timestamp: new Date(service.clock.now()).toISOString(),
    subdomain: 'omniwear',
    integration_name: manifest.name,
    integration_id: manifest.id,
    data,
    ...more,
  });
  const send = (...events: unknown[]): Promise<Answer> =>
    service.post('/event_callback', JSON.stringify({ events }), JSON_TYPE);
  const counts = (): unknown[] =>
    service.logs.events('request.answered').map(({ taken: count, ignored }) => [count, ignored]);
  const accounts = (): Promise<object[]> => service.app.get(ConnectedAccounts).list();
  const rows = async (table: 'ticket_resources' | 'comment_authors' | 'likes'): Promise<number> => {
    const { db } = service.app.get(Database);
    return (await db.selectFrom(table).selectAll().execute()).length;
  };
  /** The windows in PostgreSQL go by its clock, which tests cannot set. */
  const endBudgetWindows = async (): Promise<void> => {
    const { db } = service.app.get(Database);
    await db.updateTable('budget_counts').set({ ends_ms: 0 }).execute();
  };
  const created = (...resources: [string, number, string][]): object =>
    event('resources_created_from_external_ids', {
      resource_events: resources.map(([external_id, ticket_id, type_id]) => ({
        type_id,
        external_id,
        ticket_id,
        comment_id: 1,
      })),
    });
  const pull = (): Promise<Answer> =>
    service.post('/pull', form({ metadata: service.metadata, state: '' }));

  it('ignores events that the database cannot store, and handles the rest', async () => {
    const { metadata } = service;
    const author = { external_id: 'a\0b' };
    const { status } = await send(
      event('create_integration_instance', { metadata }, { subdomain: 'x'.repeat(64) }),
      event('create_integration_instance', { metadata }, { subdomain: 'a\0b' }),
      event('destroy_user_identity', { author }),
      created([PHOTO, 1e300, 'comment_on_new_ticket']),
      created([PHOTO, Number.MAX_SAFE_INTEGER, 'comment_on_new_ticket']),
    );
    expect(status).toBe(200);
    expect(counts()).toContainEqual([1, 4]);
  });

  it('handles all ten types in one call', async () => {
    const { metadata } = service;
    const { status, json } = await send(
      event('create_integration', {}),
      event('create_integration_instance', { metadata }),
      event('activate_integration_instance', { metadata }),
      event('deactivate_integration_instance', { metadata, deactivated_by: 'error' }),
      event('destroy_integration_instance', { metadata }),
      event('pull_request', { duplicate_external_ids: [{ external_id: PHOTO, ticket_id: 62 }] }),
      event('channelback', { request_id: '1' }, { error: 'The answer had status 503' }),
      created([PHOTO, 62, 'comment_on_new_ticket']),
      event('destroy_user_identity', { author: { external_id: MIRA } }),
      event('destroy_integration', {}),
    );
    expect([status, json]).toEqual([200, {}]);
    expect(counts()).toContainEqual([10, 0]);
  });

  it.each([
    ['another integration', { integration_id: 'other' }],
    ['an unknown type', { type_id: 'create_planet' }],
    ['no time', { timestamp: 'today' }],
    ['a week instead of a time', { timestamp: '2026-W48-3' }],
    ['a time without separators', { timestamp: '20261125T100000Z' }],
    ['no data', { data: null }],
    ['a number in place of a string', { subdomain: 5 }],
  ])('ignores an event with %s, and handles the next', async (_, fields) => {
    await pull();
    const good = created([PHOTO, 62, 'comment_on_new_ticket']);
    const bad = { ...(good as Record<string, unknown>), ...fields };
    expect((await send(bad, good, 7, null, [])).status).toBe(200);
    expect(counts()).toContainEqual([1, 4]);
    expect(await rows('ticket_resources')).toBe(1);
  });

  it.each(['', '{}', '{"events":{}}', '[]', 'null', '{"events":'])(
    'rejects the body %j',
    async (body) => {
      expect((await service.post('/event_callback', body, JSON_TYPE)).status).toBe(400);
    },
  );

  it('keeps the list of accounts correct when events arrive out of order', async () => {
    const { metadata } = service;
    const at = (seconds: number): object => ({
      timestamp: new Date(service.clock.now() + seconds * 1000 - 60_000).toISOString(),
    });
    await send(event('create_integration_instance', { metadata }, at(0)));
    expect(await accounts()).toMatchObject([{ igUserId: OMNIWEAR.igUserId, isActive: true }]);
    await send(event('deactivate_integration_instance', { metadata }, at(20)));
    // This event happened before the last one, but arrives after it.
    await send(event('activate_integration_instance', { metadata }, at(10)));
    expect(await accounts()).toMatchObject([{ isActive: false }]);
    await send(event('activate_integration_instance', { metadata }, at(30)));
    expect(await accounts()).toMatchObject([{ isActive: true }]);
    await send(event('destroy_integration_instance', { metadata }, at(40)));
    expect(await accounts()).toEqual([]);
  });

  it('ignores an event about an account without its metadata', async () => {
    await send(event('create_integration_instance', { metadata: 'forged' }));
    expect(await accounts()).toEqual([]);
    expect(counts()).toContainEqual([0, 1]);
  });

  it('notes once which resource a ticket is about, from new resources and duplicates', async () => {
    await pull();
    const both = [
      created(
        [PHOTO, 62, 'comment_on_new_ticket'],
        [QUESTION, 62, 'comment_on_existing_ticket'],
        ['tweet-1', 63, 'comment_on_new_ticket'],
      ),
      event('pull_request', {
        duplicate_external_ids: [{ external_id: QUESTION, ticket_id: 64, comment_id: 2 }],
      }),
    ];
    await send(...both);
    await send(...both);
    expect(await rows('ticket_resources')).toBe(3);
    const state = (ticket_id: number): Promise<Answer> =>
      service.proxy('/like/state', { ticket_id });
    expect((await state(62)).json).toMatchObject({ media_id: OMNIWEAR.photoId });
    expect((await state(64)).json).toMatchObject({ comment_id: OMNIWEAR.commentId });
    expect((await state(63)).json).toMatchObject({ error: { code: 'ticket_unknown' } });
  });

  it('notes no resource that this service did not hand out', async () => {
    await pull();
    const [, mediaId = ''] = PHOTO.split(':');
    await send(
      created(
        ['media:999', 62, 'comment_on_new_ticket'],
        [`comment:${mediaId}:666`, 63, 'comment_on_new_ticket'],
        [`comment:${OMNIWEAR.reelId}:${OMNIWEAR.commentId}`, 64, 'comment_on_new_ticket'],
      ),
    );
    expect(await rows('ticket_resources')).toBe(0);
  });

  it('does not let a forged event redirect a ticket to another resource', async () => {
    await pull();
    await send(created([PHOTO, 62, 'comment_on_new_ticket']));
    await send(created([QUESTION, 62, 'comment_on_new_ticket']));
    const { json } = await service.proxy('/like/state', { ticket_id: 62 });
    expect(json).toMatchObject({ media_id: OMNIWEAR.photoId });
  });

  it('assigns a ticket whose first event it missed to the post of its comments', async () => {
    await pull();
    await send(
      created(
        [QUESTION, 65, 'comment_on_existing_ticket'],
        [`comment:${OMNIWEAR.photoId}:17873440459141022`, 65, 'comment_on_existing_ticket'],
      ),
    );
    const { json } = await service.proxy('/like/state', { ticket_id: 65 });
    expect(json).toMatchObject({ media_id: OMNIWEAR.photoId });
  });

  it('lists an account once although only its events name the Zendesk', async () => {
    const metadata = await service.seal({ subdomain: undefined });
    await send(event('create_integration_instance', { metadata }));
    await service.post('/pull', form({ metadata, state: '' }));
    expect(await accounts()).toHaveLength(1);
    await send(event('destroy_integration_instance', { metadata }));
    expect(await accounts()).toEqual([]);
  });

  it('notes the number of a follow-up ticket', async () => {
    await pull();
    await send(
      event('resources_created_from_external_ids', {
        resource_events: [
          {
            type_id: 'comment_on_follow_up_ticket',
            external_id: QUESTION,
            ticket_id: 62,
            follow_up_ticket_id: 80,
            comment_id: 3,
          },
        ],
      }),
    );
    const { json } = await service.proxy('/like/state', { ticket_id: 80 });
    expect(json).toMatchObject({ comment_id: OMNIWEAR.commentId });
  });

  it('accepts either number of a follow-up ticket, also as a string', async () => {
    await pull();
    const followUp = (more: object): object =>
      event('resources_created_from_external_ids', {
        resource_events: [
          {
            type_id: 'comment_on_follow_up_ticket',
            external_id: QUESTION,
            comment_id: '3',
            ...more,
          },
        ],
      });
    await send(followUp({ ticket_id: '501', follow_up_ticket_id: '80' }));
    await send(followUp({ ticket_id: 81, follow_up_ticket_id: 502 }));
    const states = [501, 502, 80, 81].map(async (ticket_id) => {
      const { json } = await service.proxy('/like/state', { ticket_id });
      return json.comment_id ?? json.media_id;
    });
    const { commentId, photoId } = OMNIWEAR;
    expect(await Promise.all(states)).toEqual([commentId, commentId, photoId, photoId]);
  });

  it.each([
    ['a string of digits', '62', true],
    ['an empty string', '', false],
    ['null', null, false],
    ['a string that is no number', '62a', false],
    ['a number that JavaScript rounds', '9007199254740993', false],
    ['a fraction', 62.5, false],
  ])('reads a ticket number that is %s', async (_, ticket_id, isKnown) => {
    await pull();
    await send(
      event('pull_request', {
        duplicate_external_ids: [
          { external_id: PHOTO, ticket_id, request_id: 'r' },
          { external_id: QUESTION, ticket_id: 63, request_id: 'r' },
        ],
      }),
    );
    expect(await rows('ticket_resources')).toBe(isKnown ? 2 : 1);
  });

  it('stores nothing for a Zendesk where the account is not connected', async () => {
    await pull();
    await service.app
      .get(ConnectedAccounts)
      .note({ igUserId: OMNIWEAR.igUserId, subdomain: 'omniwear-us' }, 'active', 0);
    for (let call = 0; call < 5; call += 1) {
      const flood = Array.from({ length: 100 }, (__, index) =>
        created(
          ...[1, 2, 3].map((ticket): [string, number, string] => [
            QUESTION,
            call * 1000 + index * 3 + ticket,
            'comment_on_new_ticket',
          ]),
        ),
      );
      await send(
        ...flood.map((each, index) => ({ ...each, subdomain: `stranger-${String(index)}` })),
      );
    }
    expect(await rows('ticket_resources')).toBe(0);
    await send(created([QUESTION, 62, 'comment_on_new_ticket']));
    expect(await rows('ticket_resources')).toBe(1);
  });

  it('answers 429 to an address with too many useless events, but serves others', async () => {
    await pull();
    const useless = created(
      ...Array.from({ length: 500 }, (__, index): [string, number, string] => [
        'media:999',
        index + 1,
        'comment_on_new_ticket',
      ]),
    );
    for (let call = 0; call < 10; call += 1) expect((await send(useless)).status).toBe(200);
    const { metadata } = service;
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    const refused = await send(
      forget,
      created([PHOTO, 62, 'comment_on_new_ticket']),
      event('create_integration_instance', { metadata }),
    );
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    // The event with the account's metadata is still handled.
    expect(await accounts()).toHaveLength(1);
    expect(await rows('ticket_resources')).toBe(0);
    const body = JSON.stringify({ events: [created([PHOTO, 62, 'comment_on_new_ticket'])] });
    const other = await service.app.inject({
      method: 'POST',
      url: '/event_callback',
      headers: { 'content-type': JSON_TYPE },
      remoteAddress: '192.0.2.7',
      payload: body,
    });
    expect(other.statusCode).toBe(200);
    expect(await rows('ticket_resources')).toBe(1);
    service.clock.advance(60);
    await endBudgetWindows();
    expect((await send(forget)).status).toBe(200);
  });

  it('reads all resources of an event when one is invalid', async () => {
    await pull();
    await send(
      event('resources_created_from_external_ids', {
        resource_events: [
          5,
          null,
          { external_id: 7, ticket_id: 61 },
          { external_id: PHOTO, ticket_id: -1 },
          { external_id: PHOTO, ticket_id: 62, type_id: 'comment_on_new_ticket' },
        ],
      }),
    );
    expect(await rows('ticket_resources')).toBe(1);
    expect(counts()).toContainEqual([1, 0]);
  });

  it('handles the other events of a call when one fails', async () => {
    await pull();
    const { metadata } = service;
    const deletion = jest.spyOn(service.app.get(AuthorDeletionService), 'delete');
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    const rest = [
      created([PHOTO, 62, 'comment_on_new_ticket']),
      event('deactivate_integration_instance', { metadata }),
    ];
    deletion.mockRejectedValueOnce(new TypeError('an unforeseen error'));
    expect((await send(forget, ...rest)).status).toBe(200);
    expect(counts()).toContainEqual([2, 1]);
    expect(service.logs.events('event.failed')).toHaveLength(1);
    expect(await rows('ticket_resources')).toBe(1);
    expect(await accounts()).toMatchObject([{ isActive: false }]);
  });

  it('handles the other events when the database fails at one, and asks for a retry', async () => {
    await pull();
    const { metadata } = service;
    const rename = event('activate_integration_instance', { metadata }, { subdomain: 'new-name' });
    const deletion = jest
      .spyOn(service.app.get(AuthorDeletionService), 'delete')
      .mockRejectedValueOnce(new LedgerError(new Error('disk')));
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    const all = [forget, rename, created([PHOTO, 62, 'comment_on_new_ticket'])];
    expect((await send(...all)).status).toBe(503);
    expect(await rows('ticket_resources')).toBe(1);
    expect((await send(...all)).status).toBe(200);
    expect(deletion).toHaveBeenCalledTimes(2);
  });

  it('notes new tickets of a renamed Zendesk, and keeps the old ones', async () => {
    await pull();
    await send(created([PHOTO, 62, 'comment_on_new_ticket']));
    const renamed = { subdomain: 'omniwear-eu' };
    await send({ ...created([QUESTION, 63, 'comment_on_new_ticket']), ...renamed });
    await send({ ...created([QUESTION, 62, 'comment_on_new_ticket']), ...renamed });
    const { photoId, commentId } = OMNIWEAR;
    const ask = async (ticket_id: number): Promise<object> =>
      (await service.proxy('/like/state', { ticket_id })).json;
    expect(await ask(62)).toMatchObject({ media_id: photoId });
    expect(await ask(63)).toMatchObject({ comment_id: commentId });
    const { metadata } = service;
    await send(event('deactivate_integration_instance', { metadata }, renamed));
    await send({
      ...created([QUESTION, 64, 'comment_on_new_ticket']),
      subdomain: 'stranger',
    });
    await send({ ...created([PHOTO, 64, 'comment_on_new_ticket']), ...renamed });
    expect(await ask(64)).toMatchObject({ media_id: photoId });
  });

  it('deletes a person at the Zendesk of the event, and everywhere with metadata', async () => {
    await pull();
    const { commentId } = OMNIWEAR;
    const like = (): Promise<Answer> =>
      service.proxy('/like', { comment_id: commentId, liked: true });
    const state = async (): Promise<unknown> =>
      (await service.proxy('/like/state', { comment_id: commentId })).json.liked;
    await like();
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    await send({ ...forget, subdomain: 'stranger' });
    expect(await state()).toBe(true);
    await send(forget);
    await like();
    expect(await state()).toBe(true);
    const { metadata } = service;
    const author = { external_id: MIRA };
    await send(event('destroy_user_identity', { author, metadata }, { subdomain: 'stranger' }));
    expect([await state(), await rows('likes')]).toEqual([null, 0]);
  });

  it("deletes the records of a person's comments and of no other person", async () => {
    await pull();
    await send(
      created([PHOTO, 62, 'comment_on_new_ticket'], [QUESTION, 62, 'comment_on_existing_ticket']),
    );
    await service.proxy('/like', { comment_id: OMNIWEAR.commentId, liked: true });
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
    expect([await rows('comment_authors'), await rows('likes')]).toEqual([2, 2]);
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    await send(forget);
    await send(forget);
    expect([await rows('ticket_resources'), await rows('likes')]).toEqual([1, 1]);
    const { db } = service.app.get(Database);
    const authors = await db.selectFrom('comment_authors').select('author_id').execute();
    expect(authors.map(({ author_id: id }) => id)).not.toContain(MIRA);
    service.clock.advance(31 * 86_400);
    await service.app.get(LedgerSweep).sweep();
    expect(await rows('comment_authors')).toBe(1);
    const { json } = await service.proxy('/like/state', { media_id: OMNIWEAR.photoId });
    expect(json.liked).toBe(true);
    const dump = JSON.stringify(service.logs.events('person.forgotten'));
    expect(dump).not.toContain(MIRA);
  });
});

describe.each(ENGINES)('GET /clickthrough on %s', (_, startEngine) => {
  const engine = useEngine(startEngine);
  const { service } = useService(async () => ({ DATABASE_URL: await engine.makeDatabase() }), {
    per: 'test',
  });
  beforeEach(async () => {
    await service.post('/pull', form({ metadata: service.metadata, state: '' }));
  });

  const go = (externalId: string): Promise<Answer> =>
    service.request('GET', `/clickthrough?external_id=${encodeURIComponent(externalId)}`);

  it.each([PHOTO, QUESTION])('leads from %s to the post on Instagram', async (externalId) => {
    const { status, headers } = await go(externalId);
    expect([status, headers.location]).toEqual([302, 'https://www.instagram.com/p/DQx3fT0jK1a/']);
  });

  it.each([
    'media:1',
    `media:${OMNIWEAR.privatePhotoId}`,
    'https://evil.example/',
    '//evil.example',
    '',
    '<script>alert(1)</script>',
  ])('shows a page when %j is unknown', async (externalId) => {
    const { status, headers, text } = await go(externalId);
    expect(status).toBe(404);
    expect(headers).not.toHaveProperty('location');
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(text).toMatch(/Not found on Instagram/);
    expect(text).not.toMatch(/evil|alert/);
  });

  it('redirects only to Instagram when a stored permalink is forged', async () => {
    const { db } = service.app.get(Database);
    for (const permalink of [
      'https://instagram.com.evil.example/p/1',
      'http://www.instagram.com/p/1',
      'https://www.instagram.com@evil.example/',
      'https://user@www.instagram.com/p/1',
      'https://:password@www.instagram.com/p/1',
      'https://www.instagram.com:8443/p/1',
      'javascript:alert(1)',
    ]) {
      await db.updateTable('permalinks').set({ permalink }).execute();
      expect((await go(PHOTO)).status).toBe(404);
    }
    // Browsers drop these characters, and a header cannot hold them.
    await db
      .updateTable('permalinks')
      .set({ permalink: 'https://www.instagram.com/p/\r\n1' })
      .execute();
    expect((await go(PHOTO)).headers.location).toBe('https://www.instagram.com/p/1');
  });
});
