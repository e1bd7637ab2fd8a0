/**
 * Answers as Instagram does, with as little work as possible. `DELAY_MS` delays each answer, and
 * `TLS_CERT`, `TLS_KEY` (PEM) switch TLS on. Answers the message `count` with the numbers of calls.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { MessageReader } from '../load/message-reader.js';
import {
  buildAccount,
  buildComments,
  buildMedia,
  ProofChecker,
  REFUSAL,
  SUCCESS,
  toAnswer,
} from './answers.js';

const { DELAY_MS = '0', TLS_CERT, TLS_KEY, APP_SECRET = '' } = process.env;
const delayMs = Number(DELAY_MS);
const proofs = new ProofChecker(APP_SECRET);
const comments = buildComments();
const count = { likes: 0, reads: 0, refused: 0 };

/** Method, path after the version, and query. */
const TARGET = /^(GET|POST|DELETE) \/v26\.0\/(\d{5,30})(\/likes|\/comments)?(?:\?(\S*))? HTTP/;
const TOKEN = /\r\nauthorization: Bearer (\S{20,})/i;
const GZIP = /\r\naccept-encoding:[^\r]*gzip/i;

function answer(head: string, body: Buffer): Buffer {
  const [, method, id = '', edge, query = ''] = TARGET.exec(head) ?? [];
  const token = TOKEN.exec(head)?.[1] ?? '';
  if (method === 'GET') return read({ head, id, edge, query, token });
  const { media_id: mediaId, appsecret_proof: proof } = readParameters(body, query);
  const isLike = edge === '/likes' && /^\d{5,30}$/.test(mediaId ?? '');
  if (!isLike || !proofs.isValid(token, proof)) return refuse(id);
  count.likes += 1;
  return toAnswer(200, id, SUCCESS);
}

interface Read {
  readonly head: string;
  readonly id: string;
  readonly edge: string | undefined;
  readonly query: string;
  readonly token: string;
}

function read({ head, id, edge, query, token }: Read): Buffer {
  const parameters = new URLSearchParams(query);
  if (!proofs.isValid(token, parameters.get('appsecret_proof') ?? undefined)) return refuse(id);
  count.reads += 1;
  if (edge === '/comments') {
    return toAnswer(200, id, GZIP.test(head) ? comments.compressed : comments.text);
  }
  const isAccount = (parameters.get('fields') ?? '').includes('profile_picture_url');
  return toAnswer(200, id, isAccount ? buildAccount(id) : buildMedia(id));
}

function readParameters(body: Buffer, query: string): Record<string, string | undefined> {
  if (body.length === 0) return Object.fromEntries(new URLSearchParams(query));
  return JSON.parse(body.toString()) as Record<string, string>;
}

function refuse(id: string): Buffer {
  count.refused += 1;
  return toAnswer(400, id, REFUSAL);
}

function serve(socket: Socket): void {
  const reader = new MessageReader((head, body) => {
    const bytes = answer(head, body);
    if (delayMs > 0) setTimeout(() => socket.write(bytes), delayMs);
    else socket.write(bytes);
  });
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk);
  });
  socket.on('error', () => socket.destroy());
}

process.on('message', () => process.send?.(count));

const server =
  TLS_CERT === undefined || TLS_KEY === undefined
    ? createServer(serve)
    : createTlsServer({ cert: TLS_CERT, key: TLS_KEY }, serve);
const protocol = TLS_CERT === undefined ? 'http' : 'https';
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(`ready ${protocol}://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
