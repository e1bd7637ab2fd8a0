import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphError } from './graph-error.js';

/** Ways in which the stand-in can misbehave. */
export type Fault =
  /** Reads the request and never answers. */
  | { kind: 'hang' }
  /** Acts, then answers a byte at a time, for ever. */
  | { kind: 'slow_drip' }
  /** Cuts the connection before the request has had an effect. */
  | { kind: 'cut_before' }
  /** Acts, then cuts the connection instead of answering. */
  | { kind: 'cut_after' }
  /** Acts and answers, later. */
  | { kind: 'delay'; ms: number }
  /** Answers an error of the Graph API instead of acting. */
  | {
      kind: 'graph_error';
      code: number;
      subcode?: number;
      is_transient?: boolean;
      /** What Meta writes for the person. */
      user_msg?: string;
      headers?: Headers;
    }
  /** Acts, then answers an error of the Graph API. */
  | { kind: 'act_and_refuse'; code: number; subcode?: number }
  /**
   * Refuses pages of more entries than this, with those expanded inside each; acts on smaller
   * ones.
   */
  | { kind: 'too_much'; max: number; is_vague?: boolean }
  /**
   * Answers pages of a list whose cursors go in a circle of so many pages; 0 for endless new
   * cursors. The pages hold `data`, or an old comment each where `filled`, else nothing.
   */
  | { kind: 'cursor_loop'; pages: number; data?: object[]; filled?: boolean }
  /** Answers whatever is wished for instead of acting. */
  | { kind: 'answer'; status: number; body: string; headers?: Headers }
  /** Answers this many bytes instead of acting. */
  | { kind: 'huge'; bytes: number }
  /** Tells the caller its own token back, in every field that has room for it. */
  | { kind: 'echo_token' };

type Headers = Record<string, string>;

export interface ArmedFault {
  fault: Fault;
  /** How many calls it still meets. */
  times: number;
  /** Only calls with this method, if given. */
  method?: string;
  /** Only calls whose path ends so, if given. */
  path?: string;
  /** Only calls with this parameter in their query, if given. */
  parameter?: string;
}

export const FAULT_KINDS: readonly Fault['kind'][] = [
  'hang',
  'slow_drip',
  'cut_before',
  'cut_after',
  'delay',
  'graph_error',
  'act_and_refuse',
  'too_much',
  'cursor_loop',
  'answer',
  'huge',
  'echo_token',
];

const DRIP_MS = 100;

/** Faults that wait for calls to the Graph API. */
export class Faults {
  private armed: ArmedFault[] = [];

  arm(fault: ArmedFault): void {
    this.armed.push(fault);
  }

  clear(): void {
    this.armed = [];
  }

  /** The fault that meets this call, if any; it is used up by it. */
  take(method: string, path: string, query: object): Fault | undefined {
    const armed = this.armed.find(
      (each) =>
        (each.method ?? method) === method &&
        path.endsWith(each.path ?? '') &&
        (each.parameter === undefined || each.parameter in query),
    );
    if (armed === undefined) return undefined;
    armed.times -= 1;
    if (armed.times <= 0) this.armed = this.armed.filter((each) => each !== armed);
    return armed.fault;
  }
}

/** What a fault does before the call is acted on. Returns whether the call goes on. */
export async function beforeActing(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  switch (fault.kind) {
    case 'hang':
      reply.hijack();
      return false;
    case 'cut_before':
      reply.hijack();
      request.raw.socket.destroy();
      return false;
    case 'graph_error':
      if (fault.headers !== undefined) reply.headers(fault.headers);
      throw new GraphError(fault.code, 'An error on demand.', {
        subcode: fault.subcode,
        isTransient: fault.is_transient,
        userMessage: fault.user_msg,
      });
    case 'too_much': {
      const { limit, fields } = request.query as Record<string, string | undefined>;
      const expanded = /\.limit\((\d+)\)/.exec(fields ?? '')?.[1] ?? 1;
      if (Number(limit) * Number(expanded) <= fault.max) return true;
      throw new GraphError(
        1,
        fault.is_vague === true
          ? 'An unknown error occurred'
          : "Please reduce the amount of data you're asking for, then retry your request",
      );
    }
    case 'cursor_loop': {
      const { after = 'L0' } = request.query as Record<string, string | undefined>;
      const page = Number(after.slice(1));
      const next = `L${String(fault.pages === 0 ? page + 1 : (page + 1) % fault.pages)}`;
      const old = { id: String(5000 + page), text: 'Old', timestamp: '2020-01-01T00:00:00+0000' };
      await reply.send({
        data: fault.filled === true ? [old] : (fault.data ?? []),
        paging: { cursors: { after: next }, next: 'https://graph.facebook.com/next-page' },
      });
      return false;
    }
    case 'answer':
      await reply
        .status(fault.status)
        .headers({ 'content-type': 'application/json', ...fault.headers })
        .send(fault.body);
      return false;
    case 'huge':
      await reply
        .type('application/json')
        .send(`{"success":true,"x":"${'x'.repeat(fault.bytes)}"}`);
      return false;
    case 'echo_token': {
      const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
      const error = {
        message: token,
        type: token,
        code: 1,
        error_user_msg: token,
        fbtrace_id: token,
      };
      await reply.status(400).header('x-echo', token).send({ error });
      return false;
    }
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return true;
    case 'slow_drip':
    case 'cut_after':
    case 'act_and_refuse':
      return true;
  }
}

/** What a fault does to the answer of a call that was acted on. Returns whether the answer is still to be sent. */
export function beforeAnswering(fault: Fault, reply: FastifyReply): boolean {
  switch (fault.kind) {
    case 'cut_after':
      reply.hijack();
      reply.raw.destroy();
      return false;
    case 'act_and_refuse':
      throw new GraphError(fault.code, 'An error on demand.', { subcode: fault.subcode });
    case 'slow_drip': {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => reply.raw.write(' '), DRIP_MS);
      reply.raw.on('close', () => {
        clearInterval(drip);
      });
      return false;
    }
    default:
      return true;
  }
}
