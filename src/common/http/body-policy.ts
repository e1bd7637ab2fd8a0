import { RouteConfig } from '@nestjs/platform-fastify';
import type { ShapeLimits } from '../json-shape.js';

/** Limits of a JSON body. */
export interface JsonPolicy {
  readonly shape?: ShapeLimits;
  /**
   * How to handle `__proto__` and `constructor.prototype` fields. `remove` is for lists whose other
   * entries must not be lost.
   */
  readonly dangerousFields: 'reject' | 'remove';
}

/** The body that a route accepts. The service does not start if a POST route has no policy. */
export interface BodyPolicy {
  /** Whether the body may be a form. */
  readonly form: boolean;
  /** Undefined where the route accepts no JSON. */
  readonly json: JsonPolicy | undefined;
  readonly maxBytes: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    body?: BodyPolicy;
  }
}

/** Method decorator of a POST route: the body that it accepts. */
export function AcceptsBody(policy: BodyPolicy): MethodDecorator {
  return RouteConfig({ body: policy });
}

/** Method decorator of a POST route that accepts a form of this many bytes, and nothing else. */
export function AcceptsForm(maxBytes: number): MethodDecorator {
  return AcceptsBody({ form: true, json: undefined, maxBytes });
}
