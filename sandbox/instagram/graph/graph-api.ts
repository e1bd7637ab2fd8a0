import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { applyFaultAfter, applyFaultBefore, type FaultQueue } from '../faults.js';
import type { Facebook } from '../login/facebook.js';
import type { UndocumentedChoices } from '../undocumented-choices.js';
import type { World } from '../world.js';
import { GraphCall } from './graph-call.js';
import { buildUsageHeaders } from './usage-headers.js';

/** Handles one call and returns the body of the answer. */
export type EdgeHandler = (call: GraphCall) => object;

export interface GraphState {
  readonly world: World;
  readonly faults: FaultQueue;
  readonly facebook: Facebook;
  readonly undocumented: UndocumentedChoices;
}

/** Registers the edges of the Graph API. A waiting fault is applied to a call of any edge. */
export class GraphApi {
  constructor(
    private readonly app: FastifyInstance,
    readonly state: GraphState,
  ) {}

  get(path: string, handler: EdgeHandler): void {
    this.app.get(path, this.toRoute(handler));
  }

  post(path: string, handler: EdgeHandler): void {
    this.app.post(path, this.toRoute(handler));
  }

  delete(path: string, handler: EdgeHandler): void {
    this.app.delete(path, this.toRoute(handler));
  }

  private toRoute(handler: EdgeHandler) {
    const { faults, world } = this.state;
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const [path = ''] = request.url.split('?');
      const fault = faults.consume(request.method, path, request.query as object);
      if (fault !== undefined && !(await applyFaultBefore(fault, request, reply))) {
        return reply;
      }
      const answer = handler(new GraphCall(request, world));
      if (fault !== undefined && !applyFaultAfter(fault, reply)) return reply;
      return reply.headers(buildUsageHeaders()).send(answer);
    };
  }
}
