import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isTransient } from '../../domain/error-codes.js';
import { ServiceError } from '../errors/service-error.js';
import { EventLog } from '../logging/event-log.js';
import { newProblem, sendProblem, toProblem } from './problem.js';
import { noteForLog } from './request-log.js';

/**
 * Answers a route's errors as problem details, and logs unexpected ones. Transient errors are 503,
 * so Zendesk retries and keeps its state.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** The status of an error that no code of this service foresees. */
  protected readonly unexpectedStatus: number = 500;

  constructor(private readonly log: EventLog) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (exception instanceof ServiceError) {
      const { code, message, fix, httpStatus, retryAfterSeconds } = exception;
      noteForLog(request, { outcome: code, ...exception.log }, exception.level);
      if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
      const detail = fix === undefined ? message : `${message} ${fix}`;
      sendProblem(reply, newProblem(isTransient(code) ? 503 : httpStatus, detail));
      return;
    }
    const problem = toProblem(exception);
    if (problem.status < 500) {
      sendProblem(reply, problem);
      return;
    }
    this.log.unexpected('request.failed', exception, { request_id: request.id });
    const isUnexpected = problem.status === 500;
    sendProblem(reply, isUnexpected ? newProblem(this.unexpectedStatus) : problem);
  }
}

/**
 * Answers unexpected errors with 503 too: Zendesk then retries and keeps its state. It may stop
 * calling an account that answers 500, and only an admin could switch the account on again.
 */
@Catch()
export class RetryProblemFilter extends ProblemFilter {
  protected override readonly unexpectedStatus = 503;
}
