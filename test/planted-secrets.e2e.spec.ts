import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { OMNIWEAR, SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { Database } from '../src/ledger/database/database.js';
import { ENCODINGS } from './support/planted.js';
import { type Answer, form, TestService } from './support/service.js';

/** A piece of an encoded secret of this length is a leak. Three bytes as bits are shorter. */
const PART_CHARS = 33;
const MEDIA = { id: OMNIWEAR.photoId, owner: { id: OMNIWEAR.igUserId } };

/** Quotes the secrets it receives, encoded, in every field of its answers that is not content. */
class HostileInstagram {
  encode: (secret: string) => string = (secret) => secret;
  shape: 'error' | 'flat error' | 'object' | 'page' | 'html' = 'error';
  readonly secrets = new Set<string>();
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request, response);
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = secretsSentBy(request, Buffer.concat(chunks).toString());
    for (const secret of sent) this.secrets.add(secret);
    const quoted = sent.map((secret) => this.encode(secret)).join(' ');
    const [first = ''] = sent;
    const one = this.encode(first);
    response.writeHead(this.shape === 'error' || this.shape === 'flat error' ? 400 : 200, {
      'content-type': this.shape === 'html' ? 'text/html' : 'application/json',
      'www-authenticate': `OAuth "${encodeURIComponent(quoted)}"`,
      'retry-after': one.replaceAll(/[^\x21-\x7e]/g, ''),
      'x-business-use-case-usage': JSON.stringify({ [encodeURIComponent(one)]: one.length }),
    });
    response.end(this.body(one, quoted));
  }

  private body(one: string, quoted: string): string {
    switch (this.shape) {
      case 'error':
        return JSON.stringify({
          error: {
            message: quoted,
            type: one,
            code: 100,
            error_subcode: one,
            fbtrace_id: one,
            error_user_title: one,
            error_user_msg: quoted,
            error_data: { [one]: quoted },
          },
        });
      case 'flat error':
        return JSON.stringify({ error_type: one, code: one, error_message: quoted });
      case 'object':
        return JSON.stringify({
          id: one,
          username: one,
          message_id: one,
          media: { ...MEDIA, id: one },
          parent_id: one,
          data: { app_id: one, user_id: one, type: one, is_valid: true, scopes: [one, quoted] },
        });
      case 'page':
        return JSON.stringify({
          id: OMNIWEAR.commentId,
          timestamp: '2026-11-25T10:00:00+0000',
          media: MEDIA,
          message_id: one,
          data: [{ id: one, name: 'x', timestamp: one, media_type: one, username: one }],
          paging: { next: `https://x/?${one}`, cursors: { after: one, before: quoted } },
        });
      case 'html':
        return `<p>${quoted}</p>`;
    }
  }
}

/** The bearer token, and every parameter that holds a secret. */
function secretsSentBy(request: IncomingMessage, body: string): string[] {
  const url = new URL(request.url ?? '', 'http://x');
  const bearer = (request.headers.authorization ?? '').replace('Bearer ', '');
  const isJson = request.headers['content-type']?.includes('json') === true;
  const fields = isJson
    ? Object.entries(JSON.parse(body) as Record<string, unknown>)
    : [...new URLSearchParams(body)];
  const secret = /token|secret|proof|code/;
  return [
    bearer,
    ...[...url.searchParams, ...fields]
      .filter(([name]) => secret.test(name))
      .map(([, value]) => value as string),
  ].filter((value) => value.length >= 16);
}

describe.each(ENCODINGS)('a hostile Instagram that quotes secrets %s', (_, encode) => {
  const instagram = new HostileInstagram();
  let service: TestService;
  const answers: Answer[] = [];

  beforeAll(async () => {
    instagram.encode = encode;
    service = await TestService.start({
      INSTAGRAM_GRAPH_URL: await instagram.start(),
      META_APP_ID: SANDBOX_APP.id,
      META_APP_SECRET: '5f0e1d2c3b4a59687f6e5d4c3b2a1908',
    });
  });
  afterAll(async () => {
    await service.stop();
    await instagram.stop();
  });
  beforeEach(() => {
    answers.length = 0;
  });

  it.each(['error', 'flat error', 'object', 'page', 'html'] as const)(
    'leaks none into an answer, a log line or a row with a reply of type %s',
    async (shape) => {
      instagram.shape = shape;
      const { metadata } = service;
      const comment_id = OMNIWEAR.commentId;
      for (const [path, data] of [
        ['/like', { media_id: OMNIWEAR.photoId, liked: true }],
        ['/media', { media_id: OMNIWEAR.photoId }],
        ['/media', { comment_id }],
        ['/account', {}],
        ['/comment/hide', { comment_id, hidden: true }],
        ['/comment/delete', { comment_id }],
        ['/comment/private-reply', { comment_id, message: 'Hello' }],
      ] as const) {
        answers.push(await service.proxy(path, data));
      }
      const parent_id = `comment:${OMNIWEAR.photoId}:${comment_id}`;
      answers.push(await service.post('/pull', form({ metadata, state: '' })));
      answers.push(
        await service.post('/channelback', form({ metadata, message: 'Hi', parent_id })),
      );
      const frame = { subdomain: 'omniwear', return_url: 'https://omniwear.zendesk.com/x' };
      const page = await service.post('/admin_ui', form({ ...frame, metadata }));
      const set_up = /name="set_up"\s+value="([^"]*)"/.exec(page.text)?.[1] ?? '';
      const token = 'EAAplanted0123456789abcdefghijklmnopqrstuvwxyz';
      answers.push(page, await service.post('/admin/token', form({ set_up, token })));

      expect(instagram.secrets.size).toBeGreaterThan(2);
      const stored = [
        ...answers.map(readText),
        ...service.logs.lines,
        await readRows(service),
      ].join('\n');
      for (const secret of instagram.secrets) {
        // A test that fails on this does not print what it found.
        expect(holdsPart(stored, encode(secret))).toBe(false);
        expect(holdsPart(stored, secret)).toBe(false);
      }
    },
  );
});

/** An answer without the seals, which hold the account on purpose. */
function readText({ text, headers }: Answer): string {
  return `${JSON.stringify(headers)} ${text}`.replaceAll(/eyJ[\w-]+\.\.[\w.-]+/g, 'seal');
}

/** Every row of every table. */
async function readRows(service: TestService): Promise<string> {
  const { db } = service.app.get(Database);
  const tables = await db.introspection.getTables();
  const rows = tables.map(({ name }) => sql`select * from ${sql.table(name)}`.execute(db));
  return JSON.stringify((await Promise.all(rows)).map((result) => result.rows));
}

/** Whether the text holds a long part of the secret, raw or as JSON or HTML writes it. */
function holdsPart(text: string, secret: string): boolean {
  const forms = [secret, JSON.stringify(secret).slice(1, -1)];
  return forms.some((whole) => {
    const length = Math.min(PART_CHARS, whole.length);
    for (let start = 0; start + length <= whole.length; start += 1) {
      if (text.includes(whole.slice(start, start + length))) return true;
    }
    return false;
  });
}
