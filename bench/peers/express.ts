/** Express and axios with kept connections. */
import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import express from 'express';
import { buildAnswer, buildProof, openAccount, readLike } from './seal.js';

const CONNECTIONS = 1000;

const client = axios.create({
  baseURL: process.env.ORIGIN ?? '',
  httpAgent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }),
  timeout: 8000,
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
  const { media_id: mediaId, liked } = readLike(text);
  const { data } = await client.request<{ success?: unknown }>({
    method: liked ? 'POST' : 'DELETE',
    url: `/v26.0/${account.ig_user_id}/likes`,
    headers: { authorization: `Bearer ${account.user_token}` },
    data: { media_id: mediaId, appsecret_proof: buildProof(account.user_token) },
  });
  if (data.success !== true) throw new Error('not confirmed');
  response.json(buildAnswer(mediaId, liked));
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
