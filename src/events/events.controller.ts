import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AcceptsBody, type BodyPolicy } from '../common/http/body-policy.js';
import { ApiProblem } from '../common/http/api-problem.decorator.js';
import { clientAddress } from '../common/http/client-address.js';
import { AnswersWithin, CALLBACK_DEADLINE_MS } from '../common/http/deadline.interceptor.js';
import { ProblemError } from '../common/http/problem.js';
import { FormBody } from '../common/http/form-body.decorator.js';
import { noteForLog } from '../common/http/request-log.js';
import { isJsonObject } from '../common/json-object.js';
import { findExcess } from '../common/json-shape.js';
import { EVENT_SHAPE, EventCallback } from './event.dto.js';
import { BUDGET_MS, EventsService } from './events.service.js';

/** Loose, because each event is checked by itself: a bad event must not affect the others. */
const BODY: BodyPolicy = {
  form: false,
  json: { dangerousFields: 'remove' },
  maxBytes: 1_048_576,
};

@ApiTags('Zendesk integration')
@AnswersWithin(CALLBACK_DEADLINE_MS)
@Controller('event_callback')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Post()
  @AcceptsBody(BODY)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'EventsController_take',
    summary: 'Receive events about tickets, accounts and people from Zendesk',
    description: 'A call has several events, and each may be repeated. Unknown events are ignored.',
  })
  @ApiConsumes('application/json')
  @ApiOkResponse({ description: 'The events were handled.' })
  @ApiProblem(400, 'The body is not a list of events.')
  @ApiProblem(429, 'The sender sent too many unsigned or useless events. Send them again later.')
  @ApiProblem(503, 'The database failed at an event. Send the events again.')
  async handle(
    @FormBody(EventCallback) { events }: EventCallback,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { refused, ...outcomes } = await this.events.handle(
      events.map(limitShape),
      clientAddress(request),
    );
    noteForLog(request, outcomes);
    if (refused > 0) {
      noteForLog(request, { refused }, 'warn');
      reply.header('retry-after', String(BUDGET_MS / 1000));
      throw new ProblemError(429, 'Too many events at once. Send them again in a minute.');
    }
    return {};
  }
}

/** Returns the event, or undefined if it is larger than `EVENT_SHAPE`. */
function limitShape(event: unknown): unknown {
  return isJsonObject(event) && findExcess(event, EVENT_SHAPE) === undefined ? event : undefined;
}
