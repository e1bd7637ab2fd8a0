import { Inject, Injectable } from '@nestjs/common';
import { Configuration } from '../config/index.js';
import { GraphConnections } from './graph-connections.js';
import { GraphExchange } from './graph-exchange.js';
import type { GraphAnswer, GraphRequest } from './graph-request.js';
import { SecretEchoes } from './secret-echo.js';
import { toTransportError } from './transport-failure.js';

/** The largest request: a comment of 2,200 characters, each of up to 12 bytes in JSON. */
const REQUEST_MAX_BYTES = 32_768;
/**
 * Requests that may wait for a connection: 12 MB at about 2.3 kB each. The pool keeps a request
 * whose deadline has passed until it has a connection for it, and an unreachable Meta offers none.
 */
export const QUEUED_MAX = 5000;

/**
 * Sends one request to the Graph API and reads the answer. Every failure becomes an
 * `InstagramError` without any part of the request.
 */
@Injectable()
export class GraphTransport {
  private readonly echoes = new SecretEchoes();
  /** Requests in the pool without a connection. Its own statistics take longer than a request. */
  private queued = 0;
  /** The path of the Graph API's version at its host. */
  private readonly base: string;

  constructor(
    private readonly connections: GraphConnections,
    @Inject(Configuration)
    configuration: Pick<Configuration, 'instagramGraphUrl' | 'instagramGraphVersion'>,
  ) {
    const { pathname } = new URL(configuration.instagramGraphUrl);
    this.base = `${pathname.replace(/\/$/, '')}/${configuration.instagramGraphVersion}`;
  }

  /**
   * Sends nothing once the deadline has passed, for example after the process was halted.
   *
   * @param findClosure finds a reason not to send a request that has waited for its connection.
   * @throws {InstagramError} `platform_unavailable`, `deadline_exceeded` or that reason.
   */
  async send(
    request: GraphRequest,
    findClosure: () => Error | undefined = () => undefined,
  ): Promise<GraphAnswer> {
    const { method, path, query, body, token, deadline } = request;
    const text = body === undefined ? undefined : JSON.stringify(body);
    if (text !== undefined && Buffer.byteLength(text) > REQUEST_MAX_BYTES) {
      throw new RangeError('a request to the Graph API is larger than any that it accepts');
    }
    if (deadline.passed) throw toTransportError({ sent: false, isLate: true, error: undefined });
    if (this.queued >= QUEUED_MAX) {
      throw toTransportError({ sent: false, isLate: false, error: undefined });
    }
    this.queued += 1;
    const exchange = new GraphExchange(deadline, findClosure, () => {
      this.queued -= 1;
    });
    this.connections.pool.dispatch(
      {
        method,
        path: `${this.base}${path}${toQuery(query)}`,
        headers: {
          accept: 'application/json',
          // Lists of comments shrink to a sixth. The answers of writes have some bytes only.
          ...(method === 'GET' ? { 'accept-encoding': 'gzip' } : {}),
          ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: text ?? null,
      },
      exchange,
    );
    const answer = await exchange.answer;
    return { ...answer, text: this.echoes.redact(answer.text, listSecrets(request)) };
  }
}

function toQuery(query: GraphRequest['query']): string {
  if (query === undefined) return '';
  const fields = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return fields.length === 0 ? '' : `?${new URLSearchParams(fields).toString()}`;
}

/** Parameters that contain secrets. */
const SECRET_PARAMETERS = ['access_token', 'appsecret_proof', 'input_token'] as const;

/** The secrets of a request, which Instagram may quote. */
function listSecrets({ token, query, body }: GraphRequest): string[] {
  const sent = [query, body].flatMap((fields) => SECRET_PARAMETERS.map((name) => fields?.[name]));
  // An app token consists of the app's id and secret.
  const bearer = token?.reveal() ?? '';
  return [bearer, ...bearer.split('|'), ...sent].filter((value) => typeof value === 'string');
}
