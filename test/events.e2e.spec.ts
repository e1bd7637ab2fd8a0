import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { AuthorDeletionService } from '../src/ledger/author-deletion.service.js';
import { ConnectedAccounts } from '../src/ledger/connected-accounts.js';
import { Database } from '../src/ledger/database.js';
import { LedgerError } from '../src/ledger/ledger-error.js';
import { LedgerSweep } from '../src/ledger/ledger-sweep.js';
import { ENGINES, type TestEngine } from './support/engines.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { type Answer, form, JSON_TYPE, TestService } from './support/service.js';

const PHOTO = `media:${OMNIWEAR.photoId}`;
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
const MIRA = '17841400000000002';

describe.each(ENGINES)('POST /event_callback, remembered on %s', (_, startEngine) => {
  let engine: TestEngine;
  let instagram: RunningInstagram;
  let service: TestService;
  let manifest: { id: string; name: string };
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    instagram = await startInstagram();
    service = await TestService.start({
      INSTAGRAM_GRAPH_URL: instagram.url,
      DATABASE_URL: await engine.makeDatabase(),
    });
    const { json } = await service.request('GET', '/manifest.json');
    manifest = json as unknown as typeof manifest;
  });
  afterEach(async () => {
    await service.stop();
    await instagram.stop();
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
  const tell = (...events: unknown[]): Promise<Answer> =>
    service.post('/event_callback', JSON.stringify({ events }), JSON_TYPE);
  const taken = (): unknown[] =>
    service.logs.events('request.answered').map(({ taken: count, ignored }) => [count, ignored]);
  const accounts = (): Promise<object[]> => service.app.get(ConnectedAccounts).list();
  const rows = async (table: 'ticket_resources' | 'comment_authors' | 'likes'): Promise<number> => {
    const { db } = service.app.get(Database);
    return (await db.selectFrom(table).selectAll().execute()).length;
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

  it('ignores what the database could not keep, and takes the rest', async () => {
    const { metadata } = service;
    const author = { external_id: 'a\0b' };
    const { status } = await tell(
      event('create_integration_instance', { metadata }, { subdomain: 'x'.repeat(64) }),
      event('create_integration_instance', { metadata }, { subdomain: 'a\0b' }),
      event('destroy_user_identity', { author }),
      created([PHOTO, 1e300, 'comment_on_new_ticket']),
      created([PHOTO, Number.MAX_SAFE_INTEGER, 'comment_on_new_ticket']),
    );
    expect(status).toBe(200);
    expect(taken()).toContainEqual([1, 4]);
  });

  it('takes all ten types in one call', async () => {
    const { metadata } = service;
    const { status, json } = await tell(
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
    expect(taken()).toContainEqual([10, 0]);
  });

  it.each([
    ['another integration', { integration_id: 'other' }],
    ['an unknown type', { type_id: 'create_planet' }],
    ['no time', { timestamp: 'today' }],
    ['a week instead of a time', { timestamp: '2026-W48-3' }],
    ['a time that no clock reads', { timestamp: '20261125T100000Z' }],
    ['no data', { data: null }],
    ['a number as a text', { subdomain: 5 }],
  ])('ignores an event of %s, and takes the next', async (_, fields) => {
    await pull();
    const good = created([PHOTO, 62, 'comment_on_new_ticket']);
    const bad = { ...(good as Record<string, unknown>), ...fields };
    expect((await tell(bad, good, 7, null, [])).status).toBe(200);
    expect(taken()).toContainEqual([1, 4]);
    expect(await rows('ticket_resources')).toBe(1);
  });

  it.each(['', '{}', '{"events":{}}', '[]', 'null', '{"events":'])(
    'refuses the body %j',
    async (body) => {
      expect((await service.post('/event_callback', body, JSON_TYPE)).status).toBe(400);
    },
  );

  it('keeps the list of accounts true, whatever order events come in', async () => {
    const { metadata } = service;
    const at = (seconds: number): object => ({
      timestamp: new Date(service.clock.now() + seconds * 1000 - 60_000).toISOString(),
    });
    await tell(event('create_integration_instance', { metadata }, at(0)));
    expect(await accounts()).toMatchObject([{ igUserId: OMNIWEAR.igUserId, isActive: true }]);
    await tell(event('deactivate_integration_instance', { metadata }, at(20)));
    // It happened before, and comes late.
    await tell(event('activate_integration_instance', { metadata }, at(10)));
    expect(await accounts()).toMatchObject([{ isActive: false }]);
    await tell(event('activate_integration_instance', { metadata }, at(30)));
    expect(await accounts()).toMatchObject([{ isActive: true }]);
    await tell(event('destroy_integration_instance', { metadata }, at(40)));
    expect(await accounts()).toEqual([]);
  });

  it('takes nothing about an account from whoever does not hold its metadata', async () => {
    await tell(event('create_integration_instance', { metadata: 'forged' }));
    expect(await accounts()).toEqual([]);
    expect(taken()).toContainEqual([0, 1]);
  });

  it('learns which ticket is about what, from new resources and from duplicates, once', async () => {
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
    await tell(...both);
    await tell(...both);
    expect(await rows('ticket_resources')).toBe(3);
    const state = (ticket_id: number): Promise<Answer> =>
      service.proxy('/like/state', { ticket_id });
    expect((await state(62)).json).toMatchObject({ media_id: OMNIWEAR.photoId });
    expect((await state(64)).json).toMatchObject({ comment_id: OMNIWEAR.commentId });
    expect((await state(63)).json).toMatchObject({ error: { code: 'ticket_unknown' } });
  });

  it('notes nothing that this service did not hand out', async () => {
    await pull();
    const [, mediaId = ''] = PHOTO.split(':');
    await tell(
      created(
        ['media:999', 62, 'comment_on_new_ticket'],
        [`comment:${mediaId}:666`, 63, 'comment_on_new_ticket'],
        [`comment:${OMNIWEAR.reelId}:${OMNIWEAR.commentId}`, 64, 'comment_on_new_ticket'],
      ),
    );
    expect(await rows('ticket_resources')).toBe(0);
  });

  it('does not let a forged event turn a ticket to something else', async () => {
    await pull();
    await tell(created([PHOTO, 62, 'comment_on_new_ticket']));
    await tell(created([QUESTION, 62, 'comment_on_new_ticket']));
    const { json } = await service.proxy('/like/state', { ticket_id: 62 });
    expect(json).toMatchObject({ media_id: OMNIWEAR.photoId });
  });

  it('takes a ticket of which it missed the beginning for the post of its comments', async () => {
    await pull();
    await tell(
      created(
        [QUESTION, 65, 'comment_on_existing_ticket'],
        [`comment:${OMNIWEAR.photoId}:17873440459141022`, 65, 'comment_on_existing_ticket'],
      ),
    );
    const { json } = await service.proxy('/like/state', { ticket_id: 65 });
    expect(json).toMatchObject({ media_id: OMNIWEAR.photoId });
  });

  it('lists an account once, though only its events name the Zendesk', async () => {
    const metadata = await service.seal({ subdomain: undefined });
    await tell(event('create_integration_instance', { metadata }));
    await service.post('/pull', form({ metadata, state: '' }));
    expect(await accounts()).toHaveLength(1);
    await tell(event('destroy_integration_instance', { metadata }));
    expect(await accounts()).toEqual([]);
  });

  it('learns the number of a follow-up ticket', async () => {
    await pull();
    await tell(
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

  it('takes either number of a follow-up ticket, also as a text', async () => {
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
    await tell(followUp({ ticket_id: '501', follow_up_ticket_id: '80' }));
    await tell(followUp({ ticket_id: 81, follow_up_ticket_id: 502 }));
    const states = [501, 502, 80, 81].map(async (ticket_id) => {
      const { json } = await service.proxy('/like/state', { ticket_id });
      return json.comment_id ?? json.media_id;
    });
    const { commentId, photoId } = OMNIWEAR;
    expect(await Promise.all(states)).toEqual([commentId, commentId, photoId, photoId]);
  });

  it.each([
    ['a text of digits', '62', true],
    ['a blank text', '', false],
    ['null', null, false],
    ['a text that is no number', '62a', false],
    ['a number that JavaScript rounds', '9007199254740993', false],
    ['a broken number', 62.5, false],
  ])('reads a ticket number that is %s', async (_, ticket_id, isKnown) => {
    await pull();
    await tell(
      event('pull_request', {
        duplicate_external_ids: [
          { external_id: PHOTO, ticket_id, request_id: 'r' },
          { external_id: QUESTION, ticket_id: 63, request_id: 'r' },
        ],
      }),
    );
    expect(await rows('ticket_resources')).toBe(isKnown ? 2 : 1);
  });

  it('stores nothing where the account is not connected, whoever sends how much', async () => {
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
      await tell(
        ...flood.map((each, index) => ({ ...each, subdomain: `stranger-${String(index)}` })),
      );
    }
    expect(await rows('ticket_resources')).toBe(0);
    await tell(created([QUESTION, 62, 'comment_on_new_ticket']));
    expect(await rows('ticket_resources')).toBe(1);
  });

  it('answers 429 to an address that sends too much of no use, and serves the others', async () => {
    await pull();
    const useless = created(
      ...Array.from({ length: 500 }, (__, index): [string, number, string] => [
        'media:999',
        index + 1,
        'comment_on_new_ticket',
      ]),
    );
    for (let call = 0; call < 10; call += 1) expect((await tell(useless)).status).toBe(200);
    const { metadata } = service;
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    const refused = await tell(
      forget,
      created([PHOTO, 62, 'comment_on_new_ticket']),
      event('create_integration_instance', { metadata }),
    );
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    // What proves itself by its metadata counts.
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
    expect((await tell(forget)).status).toBe(200);
  });

  it('reads an event to its end when one resource in it is broken', async () => {
    await pull();
    await tell(
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
    expect(taken()).toContainEqual([1, 0]);
  });

  it('loses no other event of a call to one that fails', async () => {
    await pull();
    const { metadata } = service;
    const deletion = jest.spyOn(service.app.get(AuthorDeletionService), 'delete');
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    const rest = [
      created([PHOTO, 62, 'comment_on_new_ticket']),
      event('deactivate_integration_instance', { metadata }),
    ];
    deletion.mockRejectedValueOnce(new TypeError('a fault that nobody foresaw'));
    expect((await tell(forget, ...rest)).status).toBe(200);
    expect(taken()).toContainEqual([2, 1]);
    expect(service.logs.events('event.failed')).toHaveLength(1);
    expect(await rows('ticket_resources')).toBe(1);
    expect(await accounts()).toMatchObject([{ isActive: false }]);
  });

  it('handles the others when the database fails at one, and asks for all again', async () => {
    await pull();
    const { metadata } = service;
    const rename = event('activate_integration_instance', { metadata }, { subdomain: 'new-name' });
    const deletion = jest
      .spyOn(service.app.get(AuthorDeletionService), 'delete')
      .mockRejectedValueOnce(new LedgerError(new Error('disk')));
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    const all = [forget, rename, created([PHOTO, 62, 'comment_on_new_ticket'])];
    expect((await tell(...all)).status).toBe(503);
    expect(await rows('ticket_resources')).toBe(1);
    expect((await tell(...all)).status).toBe(200);
    expect(deletion).toHaveBeenCalledTimes(2);
  });

  it('knows new tickets of a Zendesk that was renamed, and keeps the old ones', async () => {
    await pull();
    await tell(created([PHOTO, 62, 'comment_on_new_ticket']));
    const renamed = { subdomain: 'omniwear-eu' };
    await tell({ ...created([QUESTION, 63, 'comment_on_new_ticket']), ...renamed });
    await tell({ ...created([QUESTION, 62, 'comment_on_new_ticket']), ...renamed });
    const { photoId, commentId } = OMNIWEAR;
    const ask = async (ticket_id: number): Promise<object> =>
      (await service.proxy('/like/state', { ticket_id })).json;
    expect(await ask(62)).toMatchObject({ media_id: photoId });
    expect(await ask(63)).toMatchObject({ comment_id: commentId });
    const { metadata } = service;
    await tell(event('deactivate_integration_instance', { metadata }, renamed));
    await tell({
      ...created([QUESTION, 64, 'comment_on_new_ticket']),
      subdomain: 'stranger',
    });
    await tell({ ...created([PHOTO, 64, 'comment_on_new_ticket']), ...renamed });
    expect(await ask(64)).toMatchObject({ media_id: photoId });
  });

  it('deletes a person at the Zendesk of the event alone, and all with metadata', async () => {
    await pull();
    const { commentId } = OMNIWEAR;
    const like = (): Promise<Answer> =>
      service.proxy('/like', { comment_id: commentId, liked: true });
    const state = async (): Promise<unknown> =>
      (await service.proxy('/like/state', { comment_id: commentId })).json.liked;
    await like();
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    await tell({ ...forget, subdomain: 'stranger' });
    expect(await state()).toBe(true);
    await tell(forget);
    await like();
    expect(await state()).toBe(true);
    const { metadata } = service;
    const author = { external_id: MIRA };
    await tell(event('destroy_user_identity', { author, metadata }, { subdomain: 'stranger' }));
    expect([await state(), await rows('likes')]).toEqual([null, 0]);
  });

  it("deletes what is kept of a person's comments, and of nobody else's", async () => {
    await pull();
    await tell(
      created([PHOTO, 62, 'comment_on_new_ticket'], [QUESTION, 62, 'comment_on_existing_ticket']),
    );
    await service.proxy('/like', { comment_id: OMNIWEAR.commentId, liked: true });
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
    expect([await rows('comment_authors'), await rows('likes')]).toEqual([2, 2]);
    const forget = event('destroy_user_identity', { author: { external_id: MIRA } });
    await tell(forget);
    await tell(forget);
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

describe.each(ENGINES)('GET /clickthrough, remembered on %s', (_, startEngine) => {
  let engine: TestEngine;
  let instagram: RunningInstagram;
  let service: TestService;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    instagram = await startInstagram();
    service = await TestService.start({
      INSTAGRAM_GRAPH_URL: instagram.url,
      DATABASE_URL: await engine.makeDatabase(),
    });
    await service.post('/pull', form({ metadata: service.metadata, state: '' }));
  });
  afterEach(async () => {
    await service.stop();
    await instagram.stop();
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
  ])('shows a page where %j is not known', async (externalId) => {
    const { status, headers, text } = await go(externalId);
    expect(status).toBe(404);
    expect(headers).not.toHaveProperty('location');
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(text).toMatch(/Not found on Instagram/);
    expect(text).not.toMatch(/evil|alert/);
  });

  it('leads nowhere but to Instagram, whatever a permalink says', async () => {
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
    // Browsers leave such characters out, and a header cannot hold them.
    await db
      .updateTable('permalinks')
      .set({ permalink: 'https://www.instagram.com/p/\r\n1' })
      .execute();
    expect((await go(PHOTO)).headers.location).toBe('https://www.instagram.com/p/1');
  });
});
