import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** Comments of a post, and how many of them have a reply. */
export const COMMENTS = 30;
export const REPLIES = 4;
/** Proofs that were checked. A token that is forgotten is checked again. */
const PROOFS_MAX = 200_000;

const TIMESTAMP = '2026-11-22T09:30:00+0000';
const USAGE = { call_count: 1, total_cputime: 1, total_time: 1 };
const BUSINESS_USAGE = { type: 'instagram', ...USAGE, estimated_time_to_regain_access: 0 };

/** Checks `appsecret_proof` (Graph API, "Secure requests"). */
export class ProofChecker {
  private readonly proofs = new Map<string, string>();

  /** @param appSecret empty if the service has none and sends no proof. */
  constructor(private readonly appSecret: string) {}

  isValid(token: string, proof: string | undefined): boolean {
    if (token === '') return false;
    if (this.appSecret === '') return proof === undefined;
    let expected = this.proofs.get(token);
    if (expected === undefined) {
      if (this.proofs.size >= PROOFS_MAX) this.proofs.clear();
      expected = createHmac('sha256', this.appSecret).update(token).digest('hex');
      this.proofs.set(token, expected);
    }
    return proof === expected;
  }
}

/** An answer with the headers that Meta sends, among them the account's usage. */
export function toAnswer(status: 200 | 400, accountId: string, body: Buffer | string): Buffer {
  const isCompressed = typeof body !== 'string';
  const bytes = Buffer.from(body);
  const head = [
    `HTTP/1.1 ${status === 200 ? '200 OK' : '400 Bad Request'}`,
    'content-type: application/json; charset=UTF-8',
    'vary: Origin, Accept-Encoding',
    `x-app-usage: ${JSON.stringify(USAGE)}`,
    `x-business-use-case-usage: ${JSON.stringify({ [accountId]: [BUSINESS_USAGE] })}`,
    'facebook-api-version: v26.0',
    'strict-transport-security: max-age=15552000; preload',
    'pragma: no-cache',
    'cache-control: private, no-cache, no-store, must-revalidate',
    'expires: Sat, 01 Jan 2000 00:00:00 GMT',
    'access-control-allow-origin: *',
    ...(isCompressed ? ['content-encoding: gzip'] : []),
    `content-length: ${String(bytes.length)}`,
    'connection: keep-alive',
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}

export const SUCCESS = '{"success":true}';
export const REFUSAL = JSON.stringify({
  error: { message: 'Invalid parameter', type: 'OAuthException', code: 100 },
});

export function buildAccount(id: string): string {
  const picture = 'https://scontent.cdninstagram.example/v/t51.2885-15/1_n.jpg?_nc_cat=1&oh=00_AfB';
  return JSON.stringify({ id, username: 'account', profile_picture_url: picture });
}

export function buildMedia(id: string): string {
  return JSON.stringify({
    id,
    caption: 'New colours of our winter jackets are here. Which one is yours? #omniwear #winter',
    media_type: 'IMAGE',
    permalink: 'https://www.instagram.com/p/C8xYtPuN3kQ/',
    media_url: `https://scontent.cdninstagram.example/v/t51.2885-15/${id}_n.jpg?_nc_cat=1`,
    timestamp: TIMESTAMP,
    comments_count: COMMENTS + REPLIES,
    like_count: 431,
    is_comment_enabled: true,
  });
}

/** The page of comments, compressed as Meta does on request. */
export function buildComments(): { text: string; compressed: Buffer } {
  const data = Array.from({ length: COMMENTS }, (_, index) => ({
    ...buildComment(index),
    ...(index < REPLIES ? { replies: { data: [buildComment(COMMENTS + index, index)] } } : {}),
  }));
  const text = JSON.stringify({ data });
  return { text, compressed: gzipSync(text) };
}

function buildComment(index: number, parent?: number): object {
  const username = `customer_${String(index)}`;
  return {
    id: toCommentId(index),
    text: `Comment ${String(index)}: does the jacket come in larger sizes, and when will it be back?`,
    timestamp: TIMESTAMP,
    from: { id: `1784199${String(index).padStart(10, '0')}`, username },
    username,
    hidden: false,
    like_count: index,
    ...(parent === undefined ? {} : { parent_id: toCommentId(parent) }),
  };
}

function toCommentId(index: number): string {
  return `1787${String(index).padStart(13, '0')}`;
}
