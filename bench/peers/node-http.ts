/** Node's HTTP server and undici, without any framework. Opened accounts are in a cache. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildAnswer, readLike } from './like.js';
import { sendLike } from './origin-pool.js';
import { openCached } from './seal.js';

const server = createServer((request, response) => {
  void readBody(request)
    .then(answerLike)
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

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      resolve(Buffer.concat(parts).toString());
    });
    request.on('error', reject);
  });
}

async function answerLike(body: string): Promise<object> {
  const form = new URLSearchParams(body);
  const account = openCached(form.get('instance_metadata') ?? '');
  const like = readLike(form.get('client_data') ?? '');
  await sendLike(account, like);
  return buildAnswer(like);
}
