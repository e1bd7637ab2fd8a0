/** The reference: Fastify and undici, with opened accounts in a cache. It stores nothing. */
import fastify from 'fastify';
import { buildAnswer, readLike } from './like.js';
import { sendLike } from './origin-pool.js';
import { openCached } from './seal.js';

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
  const account = openCached(metadata);
  const like = readLike(text);
  await sendLike(account, like);
  return buildAnswer(like);
});
console.log(`ready ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
