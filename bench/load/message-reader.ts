const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding:/i;

/** Reads the HTTP/1.1 messages of a connection. Each body has a stated length. */
export class MessageReader {
  private pending: Buffer | undefined;

  /** @param onMessage gets the head without its last line end. The body is valid only meanwhile. */
  constructor(private readonly onMessage: (head: string, body: Buffer) => void) {}

  /** @param chunk is not kept: the caller may use its memory again. */
  push(chunk: Buffer): void {
    let rest = this.pending === undefined ? chunk : Buffer.concat([this.pending, chunk]);
    while (rest.length > 0) {
      const headEnd = rest.indexOf(HEAD_END);
      if (headEnd < 0) break;
      const head = rest.toString('latin1', 0, headEnd);
      const bodyStart = headEnd + HEAD_END.length;
      const end = bodyStart + readLength(head);
      if (rest.length < end) break;
      this.onMessage(head, rest.subarray(bodyStart, end));
      rest = rest.subarray(end);
    }
    this.pending = rest.length === 0 ? undefined : Buffer.from(rest);
  }
}

function readLength(head: string): number {
  if (CHUNKED.test(head)) throw new Error('the load reads no chunked messages');
  return Number(LENGTH.exec(head)?.[1] ?? 0);
}
