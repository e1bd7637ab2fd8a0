import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { AnswerDeadline, type RouteLimit } from './answer-deadline.js';

/** For routes without a limit of their own: pages and small reads of the database. */
export const DEFAULT_DEADLINE_MS = 10_000;
/**
 * For callbacks that may delete many rows. Their senders are programs and repeat what failed.
 */
export const CALLBACK_DEADLINE_MS = 30_000;

const LIMIT = Symbol('AnswersWithin');

/**
 * Class decorator: the time from the arrival of a request to its answer. A method of the class may
 * have its own.
 */
export function AnswersWithin(limit: RouteLimit): ClassDecorator & MethodDecorator {
  return (target: object, name?: string | symbol, descriptor?: PropertyDescriptor) => {
    SetMetadata(LIMIT, limit)(target as () => void, name as string, descriptor as never);
    if (descriptor === undefined) UseInterceptors(DeadlineInterceptor)(target as () => void);
  };
}

/** Answers a request within its route's limit. */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly deadlines: AnswerDeadline,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const deadline = this.deadlines.start(request, this.readLimit(context));
    return from(
      this.deadlines.run({ request, reply }, deadline, () =>
        lastValueFrom(next.handle(), { defaultValue: undefined }),
      ),
    );
  }

  private readLimit(context: ExecutionContext): RouteLimit {
    const targets = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<RouteLimit>(LIMIT, targets);
  }
}
