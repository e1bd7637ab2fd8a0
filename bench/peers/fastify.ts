/** The reference: Fastify and undici, with opened accounts in a cache. It stores nothing. */
import { createHash } from 'node:crypto';
import fastify from 'fastify';
import { LRUCache } from 'lru-cache';
import { Pool } from 'undici';
import { buildAnswer, buildProof, openAccount, type PeerAccount, readLike } from './seal.js';

const CONNECTIONS = 1000;
const ACCOUNTS = 10_000;

const origin = new Pool(process.env.ORIGIN ?? '', { connections: CONNECTIONS, pipelining: 1 });
const opened = new LRUCache<string, PeerAccount>({ max: ACCOUNTS });
const app = fastify();
app.addContentTypeParser(
  'application/x-www-form-urlencoded',
  { parseAs: 'string' },
  (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)));
  },
);
app.post('/like', async (request) => {
  const { instance_metadata: metadata = '', client_data: text = '' } = request.body as Record<
    string,
    string
  >;
  const hash = createHash('sha256').update(metadata).digest('base64');
  let account = opened.get(hash);
  if (account === undefined) {
    account = openAccount(metadata);
    opened.set(hash, account);
  }
  const { media_id: mediaId, liked } = readLike(text);
  const answer = await origin.request({
    method: liked ? 'POST' : 'DELETE',
    path: `/v26.0/${account.ig_user_id}/likes`,
    headers: {
      authorization: `Bearer ${account.user_token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ media_id: mediaId, appsecret_proof: buildProof(account.user_token) }),
  });
  const { success } = (await answer.body.json()) as { success?: unknown };
  if (success !== true) throw new Error('not confirmed');
  return buildAnswer(mediaId, liked);
});
console.log(`ready ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
