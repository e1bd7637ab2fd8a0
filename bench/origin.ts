/** Answers likes as Instagram does, with as little work as possible. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const delayMs = Number(process.env.DELAY_MS ?? 0);
const SUCCESS = '{"success":true}';
const REFUSAL = '{"error":{"message":"bad","type":"OAuthException","code":100}}';

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const isLike =
      request.method === 'POST' &&
      /^\/v26\.0\/\d+\/likes$/.test(request.url ?? '') &&
      /^Bearer .{20}/.test(request.headers.authorization ?? '') &&
      /"media_id":"\d+"/.test(Buffer.concat(parts).toString());
    const text = isLike ? SUCCESS : REFUSAL;
    const answer = (): void => {
      response.writeHead(isLike ? 200 : 400, {
        'content-type': 'application/json',
        'content-length': text.length,
      });
      response.end(text);
    };
    if (delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  });
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
