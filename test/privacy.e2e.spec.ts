import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { ConnectedAccounts } from '../src/ledger/accounts/connected-accounts.js';
import { Database } from '../src/ledger/database/database.js';
import { DeletionRequests } from '../src/ledger/deletion/deletion-requests.js';
import { LikeLedger } from '../src/ledger/likes/like-ledger.js';
import { Permalinks } from '../src/ledger/tickets/permalinks.js';
import { MetaUsers } from '../src/ledger/accounts/meta-users.js';
import { CommentAuthors } from '../src/ledger/deletion/comment-authors.js';
import { TicketRecorder } from '../src/ledger/tickets/ticket-recorder.js';
import { type Answer, form, TestService } from './support/service.js';

const SECRET = 'planted-app-secret';
const OLIVIA = '122093311482000001';
const NOAH = '122093311482000002';
const DAY_MS = 86_400_000;
const OTHER_ACCOUNT = '17841405309211900';

function signedRequest(userId: string, secret = SECRET, issuedAt = Date.now()): string {
  const payload = Buffer.from(
    JSON.stringify({
      algorithm: 'HMAC-SHA256',
      issued_at: Math.floor(issuedAt / 1000),
      user_id: userId,
    }),
  ).toString('base64url');
  return `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`;
}

describe('Meta’s callbacks', () => {
  let service: TestService;
  beforeEach(async () => {
    service = await TestService.start({ META_APP_SECRET: SECRET });
    await service.app.get(MetaUsers).remember(OLIVIA, OMNIWEAR.igUserId);
    for (const igUserId of [OMNIWEAR.igUserId, OTHER_ACCOUNT]) await fill(igUserId);
  });
  afterEach(async () => {
    expect(service.logs.mentions(SECRET)).toBe(false);
    for (const person of [OLIVIA, NOAH]) expect(service.logs.mentions(person)).toBe(false);
    await service.stop();
  });

  /** Inserts a row into every table whose rows belong to an account. */
  const fill = async (igUserId: string): Promise<void> => {
    const suffix = igUserId.slice(-4);
    const mediaId = `1789${suffix}`;
    const commentId = `1787${suffix}`;
    const { app, clock } = service;
    const likes = app.get(LikeLedger);
    await likes.confirm(await likes.begin(igUserId, { kind: 'media', id: mediaId }, true));
    await likes.begin(igUserId, { kind: 'comment', id: commentId }, true);
    await app
      .get(Permalinks)
      .remember(igUserId, new Map([[mediaId, 'https://www.instagram.com/p/x/']]));
    await app.get(CommentAuthors).remember(igUserId, [{ commentId, mediaId, authorId: '1' }]);
    await app
      .get(ConnectedAccounts)
      .note({ igUserId, subdomain: 'omniwear' }, 'active', clock.now());
    await app.get(TicketRecorder).add('omniwear', [
      {
        ticketId: Number(suffix),
        externalId: `comment:${mediaId}:${commentId}`,
        mediaId,
        commentId,
        place: 'first',
      },
    ]);
    await app
      .get(Database)
      .db.insertInto('channelbacks')
      .values({
        ig_user_id: igUserId,
        subdomain: 'omniwear',
        request_id: 'r',
        first_attempt_at: '2026-11-25T00:00:00.000Z',
        last_attempt_at: '2026-11-25T00:00:00.000Z',
        external_id: null,
      })
      .execute();
  };
  const TABLES = [
    'likes',
    'like_attempts',
    'channelbacks',
    'permalinks',
    'comment_authors',
    'connected_accounts',
    'ticket_resources',
    'meta_users',
  ] as const;
  const rows = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      await Promise.all(
        TABLES.map(async (table) => {
          const { db } = service.app.get(Database);
          const all = await db.selectFrom(table).selectAll().execute();
          return [table, all.length] as const;
        }),
      ),
    );
  const post = (path: string, signed: string): Promise<Answer> =>
    service.post(`/privacy/${path}`, form({ signed_request: signed }));

  const readPage = async ({ json }: Answer): Promise<string> => {
    const { status, text } = await service.request('GET', new URL(String(json.url)).pathname);
    expect(status).toBe(200);
    return text;
  };

  it('data-deletion deletes the data of the person’s accounts and no other data', async () => {
    expect(Object.values(await rows())).toEqual([2, 2, 2, 2, 2, 2, 2, 1]);
    const { status, json } = await post('data-deletion', signedRequest(OLIVIA));
    expect(status).toBe(200);
    expect(json).toEqual({
      url: `https://channel.example/privacy/data-deletion/${String(json.confirmation_code)}`,
      confirmation_code: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(Object.values(await rows())).toEqual([1, 1, 1, 1, 1, 1, 1, 0]);
    const page = await service.request('GET', new URL(String(json.url)).pathname);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Your data was deleted');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.text).toContain('Accounts that only you connected: 1.');
    expect(page.text).not.toContain('another person');
    expect(page.text).toMatch(/only Zendesk.*can delete/);
    expect(page.text).not.toContain(OMNIWEAR.igUserId);
    expect(service.logs.events('privacy.deleted')).toEqual([
      expect.objectContaining({ accounts: 1, shared: 0 }),
    ]);
  });

  it('data-deletion keeps the data of accounts that another person connected too', async () => {
    const metaUsers = service.app.get(MetaUsers);
    await metaUsers.remember(NOAH, OMNIWEAR.igUserId);
    await metaUsers.remember(OLIVIA, OTHER_ACCOUNT);
    const first = await post('data-deletion', signedRequest(OLIVIA));
    expect(Object.values(await rows())).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    const { db } = service.app.get(Database);
    expect(await db.selectFrom('meta_users').selectAll().execute()).toEqual([
      { user_id: NOAH, ig_user_id: OMNIWEAR.igUserId },
    ]);
    const shown = await readPage(first);
    expect(shown).toContain('Accounts that only you connected: 1.');
    expect(shown).toContain('Accounts that another person connected too: 1.');
    const second = await post('data-deletion', signedRequest(NOAH));
    expect(Object.values(await rows())).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(await readPage(second)).not.toContain('another person');
  });

  it('data-deletion reports it if only the link to a shared account was deleted', async () => {
    await service.app.get(MetaUsers).remember(NOAH, OMNIWEAR.igUserId);
    const shown = await readPage(await post('data-deletion', signedRequest(NOAH)));
    expect(shown).toContain('Accounts that another person connected too: 1.');
    expect(shown).not.toContain('only you connected');
    expect(Object.values(await rows())).toEqual([2, 2, 2, 2, 2, 2, 2, 1]);
  });

  it('data-deletion keeps the other account’s ticket rows of a post that both own', async () => {
    const mediaId = `1789${OMNIWEAR.igUserId.slice(-4)}`;
    const { app } = service;
    await app
      .get(Permalinks)
      .remember(OTHER_ACCOUNT, new Map([[mediaId, 'https://www.instagram.com/p/x/']]));
    const externalId = `media:${mediaId}`;
    await app
      .get(TicketRecorder)
      .add('omniwear', [
        { ticketId: 5, externalId, mediaId, commentId: undefined, place: 'first' },
      ]);
    expect((await rows()).ticket_resources).toBe(4);
    await post('data-deletion', signedRequest(OLIVIA));
    expect((await rows()).ticket_resources).toBe(2);
  });

  it('data-deletion answers for an unknown person', async () => {
    const answer = await post('data-deletion', signedRequest('999'));
    expect(answer.status).toBe(200);
    expect(await readPage(answer)).toContain('Nothing was stored here');
  });

  it('data-deletion carries out a request once and shows its result for 90 days', async () => {
    const request = signedRequest(OLIVIA);
    const first = await post('data-deletion', request);
    const shown = await readPage(first);
    await service.app.get(MetaUsers).remember(OLIVIA, OTHER_ACCOUNT);
    const again = await post('data-deletion', request);
    expect([again.status, again.json]).toEqual([200, first.json]);
    expect(await readPage(again)).toBe(shown);
    expect((await rows()).meta_users).toBe(1);
    expect(service.logs.events('privacy.deleted')).toHaveLength(1);
    service.clock.advance(91 * 86_400);
    await post('data-deletion', signedRequest('999', SECRET, service.clock.now()));
    const { db } = service.app.get(Database);
    expect(await db.selectFrom('deletion_requests').selectAll().execute()).toHaveLength(1);
  });

  it('deauthorize marks the person’s accounts and deletes nothing', async () => {
    const before = await rows();
    expect(await post('deauthorize', signedRequest(OLIVIA))).toMatchObject({
      status: 200,
      json: { success: true },
    });
    expect(await rows()).toEqual(before);
    const accounts = await service.app.get(ConnectedAccounts).list();
    expect(
      accounts.map((account) => [account.igUserId, account.pulledAt, account.outcome]),
    ).toEqual([
      [OMNIWEAR.igUserId, undefined, 'auth_revoked'],
      [OTHER_ACCOUNT, undefined, undefined],
    ]);
    // The account was never read, and the page says so.
    expect((await service.request('GET', '/dashboard')).text).toMatch(
      /<td>Never<\/td>\s*<td>Connect it again in Zendesk/,
    );
  });

  it.each(['deauthorize', 'data-deletion'])(
    '%s rejects a request that Meta did not sign',
    async (path) => {
      const before = await rows();
      const bodies = [
        form({ signed_request: signedRequest(OLIVIA, 'other') }),
        form({ signed_request: signedRequest(OLIVIA, SECRET, Date.now() - 2 * DAY_MS) }),
        form({ signed_request: 'x'.repeat(5000) }),
        form({ signed_request: '<script>' }),
        `${form({ signed_request: signedRequest(OLIVIA) })}&signed_request=x`,
        '__proto__[signed_request]=x',
        '',
      ];
      for (const body of bodies) {
        const answer = await service.post(`/privacy/${path}`, body);
        expect(answer.status).toBe(400);
        expect(answer.headers['content-type']).toMatch(/problem\+json/);
        expect(answer.text).not.toContain('<script>');
      }
      expect(await rows()).toEqual(before);
    },
  );

  it('reports a missing app secret', async () => {
    const without = await TestService.start({});
    const body = form({ signed_request: signedRequest(OLIVIA) });
    const { status, json } = await without.post('/privacy/data-deletion', body);
    expect([status, json.detail]).toEqual([503, expect.stringContaining('META_APP_SECRET')]);
    await without.stop();
  });

  it('does not look up a malformed code', async () => {
    const looked = jest.spyOn(service.app.get(DeletionRequests), 'find');
    for (const code of ['A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(21)}.`]) {
      expect((await service.request('GET', `/privacy/data-deletion/${code}`)).status).toBe(404);
    }
    expect(looked).not.toHaveBeenCalled();
  });

  it.each(['x', 'A'.repeat(22), '__proto__', '%3Cscript%3E'])(
    'finds no deletion by the code %s',
    async (code) => {
      const answer = await service.request('GET', `/privacy/data-deletion/${code}`);
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain('script');
    },
  );

  it('GET /privacy describes the stored data and its deletion', async () => {
    const { status, text, headers } = await service.request('GET', '/privacy');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toMatch(/What is stored here[^]*How it is deleted[^]*only Zendesk/);
  });
});
