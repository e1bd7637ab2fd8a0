import { Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ServiceError } from '../common/errors/service-error.js';
import { AcceptsForm } from '../common/http/body-policy.js';
import { ApiProblem } from '../common/http/api-problem.decorator.js';
import { FormBody } from '../common/http/form-body.decorator.js';
import { Note, type NoteFields } from '../common/http/note.decorator.js';
import { ChannelbackAnswer } from './channelback-answer.dto.js';
import { ChannelbackRequest } from './channelback-request.dto.js';
import { ChannelbackService } from './channelback.service.js';

/** A message has 65,535 characters; as emoji in a form they take 786 kB. */
const BODY_MAX_BYTES = 1_048_576;

@ApiTags('Zendesk integration')
@Controller('channelback')
export class ChannelbackController {
  constructor(private readonly channelbacks: ChannelbackService) {}

  @Post()
  @AcceptsForm(BODY_MAX_BYTES)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: "Post an agent's reply as a comment",
    description:
      'Never twice for one `request_unique_identifier`. What is not known to be posted is looked for before it is sent again.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiOkResponse({ type: ChannelbackAnswer })
  @ApiProblem(400, 'The body is not a channelback.')
  @ApiProblem(401, 'The metadata does not open here, or the log-in has ended.')
  @ApiProblem(403, 'The account lacks the permission.')
  @ApiProblem(422, 'The reply is empty, too long or has files, or what it answers is gone.')
  @ApiProblem(
    503,
    'Instagram does not answer or its limits are used up; the same request may be sent again.',
  )
  post(
    @FormBody(ChannelbackRequest) reply: ChannelbackRequest,
    @Note() note: NoteFields,
    @Req() { body }: FastifyRequest,
  ): Promise<ChannelbackAnswer> {
    assertNoFiles(body as object);
    return this.channelbacks.post(reply, note);
  }
}

/**
 * Files travel as `file_urls[]`; a blank one is no file. The manifest says that there are none; a
 * reply without its picture would be another one.
 */
function assertNoFiles(body: object): void {
  const hasFile = Object.entries(body).some(
    ([name, value]) => /^file_urls(?:\[|$)/.test(name) && !isBlank(value),
  );
  if (!hasFile) return;
  throw new ServiceError('invalid_request', "Instagram's comments take no files.", {
    fix: 'Send the reply without attachments.',
  });
}

function isBlank(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isBlank);
  return value === null || (typeof value === 'string' && value.trim() === '');
}
