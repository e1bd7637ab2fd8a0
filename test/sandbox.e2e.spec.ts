import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { type Addresses, Sandbox } from '../sandbox/sandbox.js';

const PHOTO = { media_id: OMNIWEAR.photoId };

/** The part of the OpenAPI document that has the examples of requests. */
interface ApiDocument {
  readonly paths: Record<string, { readonly post: { readonly requestBody: RequestBody } }>;
}
interface RequestBody {
  readonly content: Record<string, { readonly examples: Record<string, { value: object }> }>;
}

/** Three processes with real HTTP between them; the service has real TLS and a real database. */
describe('the sandbox', () => {
  const printed: string[] = [];
  let sandbox: Sandbox;
  let at: Addresses;

  beforeAll(async () => {
    sandbox = new Sandbox((part, line) => printed.push(`${part} ${line}`), { anyPorts: true });
    at = await sandbox.start();
  }, 60_000);
  afterAll(async () => {
    await sandbox.stop();
    expect(printed.some((line) => line.includes(OMNIWEAR.token))).toBe(false);
  }, 30_000);
  beforeEach(() => instagram('DELETE', '/_control/faults'));

  interface Result {
    status: number;
    json: Record<string, unknown>;
  }
  const call = async (path: string, body?: string, ticket = '62'): Promise<Result> => {
    const query = new URLSearchParams({ ticket_id: ticket, post_to_path: path }).toString();
    const answer = await fetch(`${at.zendesk}/api/v2/any_channel/proxy.json?${query}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, json: (await answer.json()) as Result['json'] };
  };
  const instagram = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${at.instagram}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return answer.json();
  };
  const likes = async (): Promise<string[]> => {
    const account = await instagram('GET', `/_control/accounts/${OMNIWEAR.igUserId}`);
    return (account as { likes: string[] }).likes;
  };
  /** Waits until Instagram has received a POST. */
  const waitForPost = async (): Promise<void> => {
    for (let tries = 0; tries < 100; tries += 1) {
      const calls = (await instagram('GET', '/_control/calls')) as { method: string }[];
      if (calls.some(({ method }) => method === 'POST')) return;
      await sleep(20);
    }
    throw new Error('Instagram received no POST.');
  };
  const like = (liked: string): Promise<Result> =>
    call('/like', JSON.stringify({ ...PHOTO, liked }));
  const state = async (): Promise<unknown> => {
    const { json } = await call('/like/state', JSON.stringify(PHOTO));
    return [json.liked, json.source];
  };

  it('sets a like, keeps it over a restart of the service, and removes it', async () => {
    const liked = await like('true');
    expect(liked).toEqual({
      status: 200,
      json: {
        ok: true,
        ...PHOTO,
        liked: true,
        source: 'instagram',
        changed_at: expect.any(String),
      },
    });
    expect(await likes()).toEqual([OMNIWEAR.photoId]);
    expect(await state()).toEqual([true, 'ledger']);

    await sandbox.restartService('SIGTERM');
    expect(await state()).toEqual([true, 'ledger']);
    await sandbox.restartService('SIGKILL');
    expect(await state()).toEqual([true, 'ledger']);

    expect((await like('false')).json).toMatchObject({ ok: true, liked: false });
    expect(await likes()).toEqual([]);
    expect(await state()).toEqual([false, 'ledger']);
  }, 60_000);

  it('reports an unknown state if the service is killed while it sends a like', async () => {
    await like('false');
    await instagram('POST', '/_control/faults', { kind: 'hang' });
    await instagram('DELETE', '/_control/calls');
    const lost = like('true');
    await waitForPost();
    await sandbox.restartService('SIGKILL');
    expect((await lost).status).toBe(502);
    expect(await state()).toEqual([null, 'pending']);
    await like('true');
    expect(await state()).toEqual([true, 'ledger']);
    await like('false');
  }, 60_000);

  describe('the channel framework', () => {
    interface Ticket {
      id: string;
      subject: string;
      comments: {
        body: string;
        externalId?: string;
        channelDisplayInfo: Record<string, Record<string, string>>;
      }[];
    }
    const zendesk = async <T>(method: string, path: string, body?: string): Promise<T> => {
      const answer = await fetch(`${at.zendesk}/_control/${path}`, {
        method,
        ...(body === undefined ? {} : { body }),
      });
      return (await answer.json()) as T;
    };
    const customerComments = (text: string): Promise<unknown> =>
      instagram('POST', '/_control/comments', {
        media_id: OMNIWEAR.photoId,
        username: 'mira.hikes',
        text,
      });
    const commentsOn = async (): Promise<string[]> => {
      const headers = { authorization: `Bearer ${OMNIWEAR.token}` };
      const fields = 'text,replies.limit(50){text}';
      const address = `${at.instagram}/v26.0/${OMNIWEAR.photoId}/comments?fields=${fields}`;
      const answer = (await (await fetch(address, { headers })).json()) as {
        data: { text: string; replies?: { data: { text: string }[] } }[];
      };
      return answer.data.flatMap(({ text, replies }) => [
        text,
        ...(replies?.data ?? []).map((reply) => reply.text),
      ]);
    };

    it('adds a comment to its ticket, posts the reply once, and likes the comment', async () => {
      await customerComments('Is it waterproof?');
      const [report] = await zendesk<{ status: number; faults: string[] }[]>('POST', 'pull');
      expect(report).toMatchObject({
        status: 200,
        faults: [],
        orphans: [],
        created: [{ type_id: 'comment_on_existing_ticket', ticket_id: 62 }],
      });
      const ticket = await zendesk<Ticket>('GET', 'tickets/62');
      expect(ticket.subject).toMatch(/^Instagram photo: The new trail jacket/);
      expect(ticket.comments[0]).toMatchObject({ externalId: `media:${OMNIWEAR.photoId}` });
      const question = ticket.comments.find(({ body }) => body === 'Is it waterproof?');
      const info = Object.values(question?.channelDisplayInfo ?? {})[0];
      expect(info).toMatchObject({
        media_id: OMNIWEAR.photoId,
        comment_id: expect.stringMatching(/^\d+$/),
        permalink: expect.stringMatching(/^https:\/\/www\.instagram\.com\//),
      });

      const to = encodeURIComponent(question?.externalId ?? '');
      const replied = await zendesk('POST', `tickets/62/reply?to=${to}`, '<p>To 20,000 mm.</p>');
      expect(replied).toEqual({ tries: 1, status: 200 });
      expect((await commentsOn()).filter((text) => text === 'To 20,000 mm.')).toHaveLength(1);
      const [after] = await zendesk<object[]>('POST', 'pull');
      expect(after).toMatchObject({ status: 200, created: [] });

      const comment = { comment_id: info?.comment_id ?? '' };
      const liked = await call('/like', JSON.stringify({ ...comment, liked: 'true' }));
      expect(liked.json).toMatchObject({ ok: true, liked: true, ...comment });
      expect(await likes()).toContain(comment.comment_id);
    });

    it('does not post a reply twice if the answer is lost or the service is killed', async () => {
      const to = encodeURIComponent(`media:${OMNIWEAR.photoId}`);
      await instagram('POST', '/_control/faults', { kind: 'cut_after', method: 'POST' });
      const replied = await zendesk('POST', `tickets/62/reply?to=${to}`, 'Once and for all.');
      expect(replied).toEqual({ tries: 2, status: 200 });
      expect((await commentsOn()).filter((text) => text === 'Once and for all.')).toHaveLength(1);

      await instagram('POST', '/_control/faults', { kind: 'hang', method: 'POST' });
      await instagram('DELETE', '/_control/calls');
      const lost = zendesk('POST', `tickets/62/reply?to=${to}`, 'After the crash.');
      await waitForPost();
      await sandbox.restartService('SIGKILL');
      // The first attempt may have been posted, so the service does not send it again yet.
      expect(await lost).toMatchObject({ tries: 3 });
      expect((await commentsOn()).filter((text) => text === 'After the crash.').length).toBe(0);
    }, 60_000);

    it('creates a follow-up ticket if the ticket is closed', async () => {
      await zendesk('POST', 'tickets/62/close');
      await customerComments('One more thing.');
      const [report] = await zendesk<{ created: object[] }[]>('POST', 'pull');
      expect(report?.created).toMatchObject([{ type_id: 'comment_on_follow_up_ticket' }]);
    });
  });

  it('opens the example metadata of Swagger UI', async () => {
    await fetch(`${at.zendesk}/_control/encoding`, { method: 'POST', body: 'json' });
    expect(await like('true')).toMatchObject({ status: 200, json: { ok: true } });
    await fetch(`${at.zendesk}/_control/encoding`, { method: 'POST', body: 'form' });
    const { Agent, request } = await import('undici');
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
    const document = await request(`${at.service}/docs-json`, { dispatcher });
    const path = '/like/state';
    const { paths } = (await document.body.json()) as ApiDocument;
    const examples = paths[path]?.post.requestBody.content['application/json']?.examples ?? {};
    const answer = await request(`${at.service}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.values(examples)[0]?.value),
      dispatcher,
    });
    expect(await answer.body.json()).toMatchObject({ ok: true, liked: true, source: 'ledger' });
    await like('false');
  });

  describe("Zendesk's proxy", () => {
    const refused: [string, string, string | undefined, string, number, RegExp][] = [
      ['a path of 512 characters', `/${'x'.repeat(511)}`, '{}', '62', 422, /longer than 511/],
      ['a path over http', 'http://127.0.0.1/like', '{}', '62', 422, /not an HTTPS URL/],
      ['a path on another domain', 'https://example.com/like', '{}', '62', 422, /same domain/],
      [
        'a path on a domain with the same beginning',
        '//127.0.0.1.example.com/x',
        '{}',
        '62',
        422,
        /same domain/,
      ],
      ['no path', '', '{}', '62', 400, /post_to_path must be given/],
      ['an unknown ticket', '/like', '{}', '99', 404, /Not found/],
      ['a ticket of another channel', '/like', '{}', '63', 422, /did not come through/],
      ['no ticket', '/like', '{}', '', 400, /ticket_id must be given/],
      ['a body that is not JSON', '/like', 'liked=true', '62', 400, /not JSON/],
    ];
    it.each(refused)('rejects %s', async (_, path, body, ticket, status, description) => {
      const answer = await call(path, body, ticket);
      expect(answer).toEqual({
        status,
        json: { error: expect.any(String), description: expect.stringMatching(description) },
      });
    });

    it('rejects an answer that is not JSON', async () => {
      expect(await call('/admin_ui', '{}')).toEqual({
        status: 502,
        json: { error: 'BadGateway', description: expect.stringMatching(/not answer with JSON/) },
      });
    });

    it('returns an error of the service if it is JSON', async () => {
      expect(await call('/nothing-here', '{}')).toMatchObject({
        status: 404,
        json: { type: 'about:blank', status: 404 },
      });
    });

    it.each(['/like/state', 'like/state', './like/state'])(
      'resolves %s against the manifest',
      async (path) => {
        const answer = await call(path, JSON.stringify(PHOTO));
        expect(answer).toMatchObject({ status: 200, json: { ok: true } });
      },
    );

    it('accepts a path of 511 characters', async () => {
      const path = `/like/state?${'x'.repeat(511 - '/like/state?'.length)}`;
      expect(await call(path, JSON.stringify(PHOTO))).toMatchObject({ json: { ok: true } });
    });

    it('accepts an absolute address of the service, and an empty body', async () => {
      const answer = await call(`${at.service}/like`);
      expect(answer).toMatchObject({ status: 200, json: { error: { code: 'invalid_request' } } });
    });
  });
});
