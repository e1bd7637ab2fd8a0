import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { TRY_AGAIN } from '../../domain/fixes.js';
import { Deadline } from '../deadline.js';
import { ServiceError } from '../errors/service-error.js';
import { EventLog } from '../logging/event-log.js';

/** For routes without a limit of their own: pages and small reads of the database. */
const DEFAULT_DEADLINE_MS = 10_000;
/**
 * For callbacks that may delete many rows. Their senders are programs and repeat what failed.
 */
export const CALLBACK_DEADLINE_MS = 30_000;
/**
 * Between a deadline and the answer in its place. When the time is up, the work in progress ends
 * by itself and answers with its own reason, if it can.
 */
const ANSWER_GRACE_MS = 15;

/** Limits that come from the settings. */
type ConfiguredLimit = 'proxy' | 'pull';
/** The limit of a route: milliseconds from the arrival of the request, or the name of a setting. */
type RouteLimit = ConfiguredLimit | number;

/** Milliseconds from the arrival of a request to its answer, for limits from the settings. */
export abstract class ConfiguredLimits {
  abstract readonly proxy: number;
  abstract readonly pull: number;
}

const LIMIT = Symbol('AnswersWithin');

/** Class or method decorator: the time from the arrival of a request to its answer. */
export function AnswersWithin(limit: RouteLimit): ClassDecorator & MethodDecorator {
  return SetMetadata(LIMIT, limit);
}

/**
 * Answers each request at its deadline, even if its work hangs. The route's error filter gets
 * `deadline_exceeded`. The work goes on to its end, because an attempt must still be settled, and
 * its late result is only logged (docs/decisions/one-deadline.md).
 */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: ConfiguredLimits,
    private readonly log: EventLog,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const deadline = new Deadline(this.readLimit(context), request.arrivedAt);
    const work = Deadline.run(deadline, () =>
      lastValueFrom(next.handle(), { defaultValue: undefined }),
    );
    return from(this.race(work, deadline, request, http.getResponse<FastifyReply>()));
  }

  private readLimit(context: ExecutionContext): number {
    const targets = [context.getHandler(), context.getClass()];
    const limit = this.reflector.getAllAndOverride<RouteLimit | undefined>(LIMIT, targets);
    return typeof limit === 'string' ? this.limits[limit] : (limit ?? DEFAULT_DEADLINE_MS);
  }

  private race(
    work: Promise<unknown>,
    deadline: Deadline,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        // A handler may have sent its answer itself and wait until the client has read it.
        if (reply.sent) resolve(undefined);
        else reject(newDeadlineError());
      }, deadline.remainingMs + ANSWER_GRACE_MS);
      const settle = (outcome: string): void => {
        clearTimeout(timer);
        deadline.clear();
        if (isLate) this.logLate(request, outcome);
        else resolve(work);
      };
      work.then(
        () => {
          settle('ok');
        },
        (error: unknown) => {
          const isExpected = error instanceof ServiceError;
          settle(isExpected ? error.code : 'unexpected');
          if (isLate && !isExpected) {
            this.log.unexpected('request.failed', error, { request_id: request.id });
          }
        },
      );
    });
  }

  private logLate(request: FastifyRequest, outcome: string): void {
    this.log.warn('request.finished_late', {
      request_id: request.id,
      route: request.routeOptions.url ?? 'none',
      ms: Math.round(performance.now() - request.arrivedAt),
      outcome,
    });
  }
}

function newDeadlineError(): ServiceError {
  return new ServiceError('deadline_exceeded', 'The answer was not ready in time.', {
    fix: TRY_AGAIN,
    level: 'warn',
  });
}
