import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../common/errors/service-error.js';
import { ProblemError, sendProblem, toProblem } from '../common/http/problem.js';
import { noteForLog } from '../common/http/request-log.js';
import { EventLog } from '../common/logging/event-log.js';
import { buildErrorAnswer, INTERNAL_ERROR_ANSWER } from './proxy-error-answer.dto.js';

/**
 * Answers a failed proxied call with 200 and the error in the body. A body that is not a proxied
 * call gets problem details.
 */
@Catch()
export class ProxyErrorFilter implements ExceptionFilter {
  constructor(private readonly log: EventLog) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (exception instanceof ProblemError || exception instanceof HttpException) {
      sendProblem(reply, toProblem(exception));
    } else if (exception instanceof ServiceError) {
      noteForLog(request, { outcome: exception.code, ...exception.log }, exception.level);
      void reply.status(200).send(buildErrorAnswer(exception));
    } else {
      this.log.unexpected('proxy.failed', exception, { request_id: request.id });
      noteForLog(request, { outcome: 'internal' }, 'error');
      void reply.status(200).send(INTERNAL_ERROR_ANSWER);
    }
  }
}
