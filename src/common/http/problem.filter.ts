import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventLog } from '../logging/event-log.js';
import { sendProblem, toProblem } from './problem.js';

/** Answers whatever a route threw as problem details, and logs what nobody foresaw. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: EventLog) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const problem = toProblem(exception);
    if (problem.status >= 500) {
      const request = http.getRequest<FastifyRequest>();
      this.log.unexpected('request.failed', exception, { request_id: request.id });
    }
    sendProblem(http.getResponse<FastifyReply>(), problem);
  }
}
