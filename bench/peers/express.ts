/** Express and axios with kept connections. It opens each seal. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import express from 'express';
import { buildAnswer, readLike } from './like.js';
import { CONNECTIONS_MAX, TIMEOUT_MS } from './limits.js';
import { buildProof, openAccount } from './seal.js';

const client = axios.create({
  baseURL: process.env.ORIGIN ?? '',
  httpAgent: new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX }),
  httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX }),
  timeout: TIMEOUT_MS,
  maxRedirects: 0,
});
const app = express();
app.use(express.urlencoded({ extended: false }));
app.post('/like', async (request, response) => {
  const { instance_metadata: metadata = '', client_data: text = '' } = request.body as Record<
    string,
    string
  >;
  const account = openAccount(metadata);
  const like = readLike(text);
  const { data } = await client.request<{ success?: unknown }>({
    method: like.liked ? 'POST' : 'DELETE',
    url: `/v26.0/${account.ig_user_id}/likes`,
    headers: { authorization: `Bearer ${account.user_token}` },
    data: { media_id: like.mediaId, appsecret_proof: buildProof(account.user_token) },
  });
  if (data.success !== true) throw new Error('not confirmed');
  response.json(buildAnswer(like));
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
