import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Deadline } from '../common/deadline.js';
import { ANSWER_MAX_BYTES, type GraphAnswer } from './graph-request.js';
import type { ReadRemedy } from './instagram-error.js';
import { toTransportError } from './transport-failure.js';

/** The other end closed the connection, usually one that was kept open for later calls. */
const CLOSED: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Small answers, such as refusals, are known before this thread sends other calls. */
const SMALL_MAX_BYTES = 4096;

const unzip = promisify(gunzip);
const LIMITS = { maxOutputLength: ANSWER_MAX_BYTES };

/** The answer has more bytes than `ANSWER_MAX_BYTES`. */
class AnswerTooLarge extends Error {
  readonly code = 'ANSWER_TOO_LARGE';
}

/**
 * One request and its answer. undici reports here whether the request is on its way, so a failure
 * before that is known to have had no effect.
 */
export class GraphExchange implements Dispatcher.DispatchHandler {
  /** Rejects with an `InstagramError`. */
  readonly answer: Promise<GraphAnswer>;

  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private isLate = false;
  private isQueued = true;
  private resolve: (answer: Promise<GraphAnswer>) => void;
  private reject: (error: Error) => void;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param findClosure finds a reason not to send the request that now has a connection.
   * @param onDequeue is called once, when the request no longer waits for a connection.
   */
  constructor(
    private readonly deadline: Deadline,
    private readonly findClosure: () => Error | undefined,
    private readonly onDequeue: () => void = () => undefined,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.timer = setTimeout(() => {
      this.isLate = true;
      this.fail(undefined);
    }, deadline.remainingMs);
  }

  /** The request has a connection, and its bytes are about to be written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.leaveQueue();
    // The timer may come later than the connection, if this thread was busy.
    this.isLate ||= this.deadline.passed;
    const closure = this.isLate ? new Error('the deadline has passed') : this.findClosure();
    if (closure === undefined) {
      this.controller = controller;
      return;
    }
    if (!this.isLate) this.reject(closure);
    // Ends this request alone. `controller.abort` would close the connection too.
    throw closure;
  }

  onResponseStart(_controller: unknown, status: number, headers: IncomingHttpHeaders): void {
    // Interim answers come here too, and the last one counts.
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > ANSWER_MAX_BYTES) this.fail(new AnswerTooLarge());
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.timer);
    this.resolve(this.read());
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.leaveQueue();
    this.fail(error);
  }

  private leaveQueue(): void {
    if (this.isQueued) this.onDequeue();
    this.isQueued = false;
  }

  private async read(): Promise<GraphAnswer> {
    const { status, headers } = this;
    return {
      status,
      text: await this.readText(),
      header: (name) => {
        const value = headers[name];
        return typeof value === 'string' ? value : undefined;
      },
    };
  }

  private async readText(): Promise<string> {
    const bytes = Buffer.concat(this.chunks);
    if (this.headers['content-encoding'] !== 'gzip') return bytes.toString();
    try {
      const isSmall = bytes.length <= SMALL_MAX_BYTES;
      return (isSmall ? gunzipSync(bytes, LIMITS) : await unzip(bytes, LIMITS)).toString();
    } catch (error) {
      throw this.toError(error);
    }
  }

  /** The first failure counts. Closing the connection causes another one. */
  private fail(error: unknown): void {
    clearTimeout(this.timer);
    this.reject(this.toError(error));
    this.controller?.abort(new Error('the call is over'));
  }

  private toError(error: unknown): Error {
    const sent = this.controller !== undefined;
    return toTransportError({ sent, isLate: this.isLate, error, remedy: findRemedy(error) });
  }
}

/** How the same read may succeed. */
function findRemedy(error: unknown): ReadRemedy | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === 'ANSWER_TOO_LARGE' || code === 'ERR_BUFFER_TOO_LARGE') return 'smaller_page';
  return CLOSED.has(code) ? 'new_connection' : undefined;
}
