/** Node's HTTP server and undici, without any framework. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LRUCache } from 'lru-cache';
import { Pool } from 'undici';
import { buildAnswer, buildProof, openAccount, type PeerAccount, readLike } from './seal.js';

const CONNECTIONS = 1000;
const ACCOUNTS = 10_000;

const origin = new Pool(process.env.ORIGIN ?? '', { connections: CONNECTIONS, pipelining: 1 });
const opened = new LRUCache<string, PeerAccount>({ max: ACCOUNTS });

const server = createServer((request, response) => {
  void readBody(request)
    .then(like)
    .then(
      (answer) => {
        const text = JSON.stringify(answer);
        response.setHeader('content-type', 'application/json');
        response.setHeader('content-length', Buffer.byteLength(text));
        response.end(text);
      },
      () => {
        response.statusCode = 500;
        response.end();
      },
    );
});
server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

async function like(body: string): Promise<object> {
  const form = new URLSearchParams(body);
  const metadata = form.get('instance_metadata') ?? '';
  const hash = createHash('sha256').update(metadata).digest('base64');
  let account = opened.get(hash);
  if (account === undefined) {
    account = openAccount(metadata);
    opened.set(hash, account);
  }
  const { media_id: mediaId, liked } = readLike(form.get('client_data') ?? '');
  const answer = await origin.request({
    method: liked ? 'POST' : 'DELETE',
    path: `/v26.0/${account.ig_user_id}/likes`,
    headers: { authorization: `Bearer ${account.user_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ media_id: mediaId, appsecret_proof: buildProof(account.user_token) }),
  });
  const { success } = (await answer.body.json()) as { success?: unknown };
  if (success !== true) throw new Error('not confirmed');
  return buildAnswer(mediaId, liked);
}
