import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphError } from './graph/graph-error.js';

/** Ways in which the stand-in can misbehave. */
export type Fault =
  /** Reads the request and never answers. */
  | { kind: 'hang' }
  /** Acts, then sends one byte at a time and never finishes. */
  | { kind: 'slow_drip' }
  /** Cuts the connection instead of acting. */
  | { kind: 'cut_before' }
  /** Acts, then cuts the connection instead of answering. */
  | { kind: 'cut_after' }
  /** Waits, then acts and answers. */
  | { kind: 'delay'; ms: number }
  /** Answers with an error of the Graph API instead of acting. */
  | {
      kind: 'graph_error';
      code: number;
      subcode?: number;
      is_transient?: boolean;
      /** Meta's message for the person. */
      user_msg?: string;
      headers?: Headers;
    }
  /** Acts, then answers with an error of the Graph API. */
  | { kind: 'act_and_refuse'; code: number; subcode?: number }
  /**
   * Refuses a page if its limit, times the limit of the lists expanded in each entry, exceeds
   * `max`. Serves smaller pages.
   */
  | { kind: 'too_much'; max: number; is_vague?: boolean }
  /**
   * Answers with pages whose cursors repeat after `pages` pages, or never repeat if it is 0.
   * Each page holds `data`, or an old comment if `filled`, or is empty.
   */
  | { kind: 'cursor_loop'; pages: number; data?: object[]; filled?: boolean }
  /** Sends this answer instead of acting. */
  | { kind: 'answer'; status: number; body: string; headers?: Headers }
  /** Sends an answer of this many bytes instead of acting. */
  | { kind: 'huge'; bytes: number }
  /** Refuses the call, and repeats its token in each text of the error and in a header. */
  | { kind: 'echo_token' };

type Headers = Record<string, string>;
type Query = Record<string, string | undefined>;
type FaultWithKind<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;

export interface ArmedFault {
  fault: Fault;
  /** The number of calls that it still applies to. */
  times: number;
  /** Limits it to calls with this method. */
  method?: string;
  /** Limits it to calls whose path ends with this. */
  path?: string;
  /** Limits it to calls with this parameter in the query. */
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

/** Faults that wait for calls of the Graph API. */
export class FaultQueue {
  private armed: ArmedFault[] = [];

  arm(fault: ArmedFault): void {
    this.armed.push(fault);
  }

  clear(): void {
    this.armed = [];
  }

  /** The fault for this call, if any. Uses up one of its `times`. */
  consume(method: string, path: string, query: object): Fault | undefined {
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

/** Applies a fault before the call is handled. Returns whether to handle the call. */
export async function applyFaultBefore(
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
    case 'too_much':
      refuseLargePage(fault, request.query as Query);
      return true;
    case 'cursor_loop':
      await reply.send(buildLoopPage(fault, request.query as Query));
      return false;
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
    case 'echo_token':
      await echoToken(request, reply);
      return false;
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return true;
    case 'slow_drip':
    case 'cut_after':
    case 'act_and_refuse':
      return true;
  }
}

/** Applies a fault after the call was handled. Returns whether to send the answer. */
export function applyFaultAfter(fault: Fault, reply: FastifyReply): boolean {
  switch (fault.kind) {
    case 'cut_after':
      reply.hijack();
      reply.raw.destroy();
      return false;
    case 'act_and_refuse':
      throw new GraphError(fault.code, 'An error on demand.', { subcode: fault.subcode });
    case 'slow_drip':
      dripForever(reply);
      return false;
    default:
      return true;
  }
}

function refuseLargePage(fault: FaultWithKind<'too_much'>, { limit, fields }: Query): void {
  const expanded = /\.limit\((\d+)\)/.exec(fields ?? '')?.[1] ?? 1;
  if (Number(limit) * Number(expanded) <= fault.max) return;
  throw new GraphError(
    1,
    fault.is_vague === true
      ? 'An unknown error occurred'
      : "Please reduce the amount of data you're asking for, then retry your request",
  );
}

function buildLoopPage(fault: FaultWithKind<'cursor_loop'>, { after = 'L0' }: Query): object {
  const page = Number(after.slice(1));
  const next = `L${String(fault.pages === 0 ? page + 1 : (page + 1) % fault.pages)}`;
  const old = { id: String(5000 + page), text: 'Old', timestamp: '2020-01-01T00:00:00+0000' };
  return {
    data: fault.filled === true ? [old] : (fault.data ?? []),
    paging: { cursors: { after: next }, next: 'https://graph.facebook.com/next-page' },
  };
}

async function echoToken(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  const error = { message: token, type: token, code: 1, error_user_msg: token, fbtrace_id: token };
  await reply.status(400).header('x-echo', token).send({ error });
}

function dripForever(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'application/json' });
  const drip = setInterval(() => reply.raw.write(' '), DRIP_MS);
  reply.raw.on('close', () => {
    clearInterval(drip);
  });
}
