import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../common/errors/service-error.js';
import { newProblem, toProblem } from '../common/http/problem.js';
import { noteForLog } from '../common/http/request-log.js';
import { EventLog } from '../common/logging/event-log.js';
import { isTransient } from '../domain/error-codes.js';
import { negotiateLanguage } from './messages.js';
import { SetupError } from './setup-error.js';
import type { ErrorView } from './views/error.view.js';
import { PageRenderer } from './views/page-renderer.js';

/** Shows an error as a page in the admin's language, because a browser expects a page. */
@Injectable()
abstract class SetupErrorFilter implements ExceptionFilter {
  /** Where the filter's routes answer. */
  protected abstract readonly place: ErrorView['place'];

  constructor(
    private readonly pages: PageRenderer,
    private readonly log: EventLog,
  ) {}

  async catch(exception: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const view = this.toView(exception, request);
    noteForLog(request, { outcome: view.key }, view.status >= 500 ? 'error' : 'warn');
    await this.pages.send(http.getResponse<FastifyReply>(), view);
  }

  private toView(exception: unknown, request: FastifyRequest): ErrorView {
    const { place } = this;
    const byBrowser = negotiateLanguage(request.headers['accept-language']);
    if (exception instanceof SetupError) {
      const { key, language = byBrowser, details } = exception;
      return { kind: 'error', place, key, language, details, status: 400 };
    }
    // The database or the deadline: the admin may submit the page again.
    if (exception instanceof ServiceError) {
      noteForLog(request, { ...exception.log }, exception.level);
      const status = isTransient(exception.code) ? 503 : exception.httpStatus;
      return { kind: 'error', place, language: byBrowser, key: 'error.other', details: [], status };
    }
    const { status } = toProblem(exception);
    const view = { kind: 'error', place, language: byBrowser, status } as const;
    if (status < 500) {
      return { ...view, key: 'error.bad_request', details: [newProblem(status).detail] };
    }
    this.log.unexpected('request.failed', exception, { request_id: request.id });
    return { ...view, key: 'error.other', details: [] };
  }
}

/** For routes that answer in Zendesk's frame. */
@Catch()
export class FrameErrorFilter extends SetupErrorFilter {
  protected override readonly place = 'frame';
}

/** For routes that answer in the login window. */
@Catch()
export class WindowErrorFilter extends SetupErrorFilter {
  protected override readonly place = 'window';
}
