import { RouteConfig } from '@nestjs/platform-fastify';
import type { ShapeLimits } from '../json-shape.js';

/** Limits of a JSON body. */
export interface JsonPolicy {
  readonly shape?: ShapeLimits;
  /**
   * What happens to `__proto__` and `constructor.prototype` fields. `remove` is for lists whose
   * other entries must not be lost.
   */
  readonly dangerousFields: 'reject' | 'remove';
}

/** What body a route accepts. A POST route without a policy stops the start. */
export interface BodyPolicy {
  /** Whether the body may be a form. */
  readonly form: boolean;
  /** Undefined where no caller of the route sends JSON. */
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
