import { InstagramError } from '../../src/instagram/instagram-error.js';
import type { GraphAnswer, GraphRequest } from '../../src/instagram/graph-request.js';
import type { GraphTransport } from '../../src/instagram/graph-transport.js';
import type { GraphNetwork, NetworkEnd } from './graph-network.js';

/** Replaces `GraphTransport`: the same errors, over the simulated network. */
export class SimulatedTransport implements Pick<GraphTransport, 'send'> {
  constructor(private readonly network: GraphNetwork) {}

  async send({ method, path, query, body, token, deadline }: GraphRequest): Promise<GraphAnswer> {
    const question = {
      method,
      path,
      parameters: body ?? query ?? {},
      account: token?.reveal() ?? '',
    };
    const end = await this.network.exchange(question, deadline);
    if (end.kind !== 'answer') throw toError(end);
    return { status: end.status, text: end.text, header: () => undefined };
  }
}

function toError({ kind, sent }: Exclude<NetworkEnd, { kind: 'answer' }>): InstagramError {
  const effect = sent ? 'unknown' : 'none';
  return kind === 'aborted'
    ? new InstagramError('deadline_exceeded', 'Instagram did not answer in time.', { effect })
    : new InstagramError('platform_unavailable', 'The connection to Instagram broke.', {
        effect,
        remedy: 'new_connection',
      });
}
