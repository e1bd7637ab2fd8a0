import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AcceptsBody, type BodyPolicy } from '../common/http/body-policy.js';
import { ApiProblem } from '../common/http/api-problem.decorator.js';
import { readForm } from '../common/http/read-form.js';
import { noteForLog } from '../common/http/request-log.js';
import { isJsonObject } from '../common/json-object.js';
import { excessOf } from '../common/json-shape.js';
import { EVENT_SHAPE, EventCallback } from './event.dto.js';
import { EventsService } from './events.service.js';

/** One bad event must not lose the others, so each is checked by itself. */
const BODY: BodyPolicy = {
  form: false,
  json: { dangerousFields: 'remove' },
  maxBytes: 1_048_576,
};

@ApiTags('Zendesk integration')
@Controller('event_callback')
export class EventsController {
  constructor(@Inject(EventsService) private readonly events: EventsService) {}

  @Post()
  @AcceptsBody(BODY)
  @HttpCode(200)
  @ApiOperation({
    summary: 'What Zendesk tells of tickets, accounts and people',
    description:
      'Several events a call, each of which may come again. One that is not understood is ignored.',
  })
  @ApiConsumes('application/json')
  @ApiOkResponse({ description: 'They were taken.' })
  @ApiProblem(400, 'The body is no list of events.')
  async take(@Body() body: EventCallback, @Req() request: FastifyRequest): Promise<object> {
    const { events } = readForm(EventCallback, body);
    const taken = await this.events.take(events.map(withinShape));
    noteForLog(request, { ...taken });
    return {};
  }
}

/** The event, or undefined where it holds more than an event can. */
function withinShape(event: unknown): unknown {
  return isJsonObject(event) && excessOf(event, EVENT_SHAPE) === undefined ? event : undefined;
}
