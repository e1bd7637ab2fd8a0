import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newProblem, toProblem } from '../common/http/problem.js';
import { noteForLog } from '../common/http/request-log.js';
import { EventLog } from '../common/logging/event-log.js';
import { AdminPages } from './admin-page.js';
import { type Language, type MessageKey, Messages, negotiateLanguage } from './messages.js';
import { errorBody } from './pages/error.page.js';
import { SetupError } from './setup-error.js';

/** What the page says. */
interface Told {
  readonly key: MessageKey;
  readonly language: Language;
  readonly details: readonly string[];
  readonly status: number;
}

/** What the log-in's window asks for; everything else stands in Zendesk's frame. */
const WINDOW_ROUTES: readonly (string | undefined)[] = ['/admin/log-in', '/admin/log-in/callback'];

/** Whatever stops a set-up is shown as a page, in the admin's language: it stands where nobody reads JSON. */
@Catch()
export class SetupErrorFilter implements ExceptionFilter {
  constructor(
    private readonly pages: AdminPages,
    private readonly log: EventLog,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { key, language, details, status } = this.toldOf(exception, request);
    const say = new Messages(language);
    noteForLog(request, { outcome: key }, status >= 500 ? 'error' : 'warn');
    this.pages.send(reply, {
      place: WINDOW_ROUTES.includes(request.routeOptions.url) ? 'window' : 'frame',
      language,
      title: say.say('error.title'),
      body: errorBody(say, { key, details }),
      status,
    });
  }

  private toldOf(exception: unknown, request: FastifyRequest): Told {
    const byBrowser = negotiateLanguage(request.headers['accept-language']);
    if (exception instanceof SetupError) {
      const { key, language = byBrowser, details } = exception;
      return { key, language, details, status: 400 };
    }
    const { status } = toProblem(exception);
    const language = byBrowser;
    if (status < 500) {
      return { key: 'error.bad_request', language, details: [newProblem(status).detail], status };
    }
    this.log.unexpected('request.failed', exception, { request_id: request.id });
    return { key: 'error.other', language, details: [], status };
  }
}
