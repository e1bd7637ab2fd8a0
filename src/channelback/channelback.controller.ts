import { Controller, Header, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ServiceError } from '../common/errors/service-error.js';
import { AcceptsForm } from '../common/http/body-policy.js';
import { ApiProblem } from '../common/http/api-problem.decorator.js';
import { AnswersWithin } from '../common/http/deadline.interceptor.js';
import { FormBody } from '../common/http/form-body.decorator.js';
import { Note, type NoteFields } from '../common/http/note.decorator.js';
import { RetryProblemFilter } from '../common/http/problem.filter.js';
import { ChannelbackAnswer } from './channelback-answer.dto.js';
import { ChannelbackRequest } from './channelback-request.dto.js';
import { ChannelbackService } from './channelback.service.js';

/** A message of 65,535 characters needs 786 kB in a form, if all are emoji. */
const BODY_MAX_BYTES = 1_048_576;

@ApiTags('Zendesk integration')
@AnswersWithin('proxy')
@UseFilters(RetryProblemFilter)
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
      'Posts once for one `request_unique_identifier`. If it is unknown whether an earlier ' +
      'attempt posted the reply, Instagram is searched before the reply is sent again.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiOkResponse({ type: ChannelbackAnswer })
  @ApiProblem(400, 'The body is not a channelback.')
  @ApiProblem(401, 'The metadata cannot be opened, or the login has ended.')
  @ApiProblem(403, 'The account lacks the permission.')
  @ApiProblem(422, 'The reply is empty, too long or has files, or its post or comment is gone.')
  @ApiProblem(
    503,
    'Instagram does not answer or its limits are used up. Send the same request again.',
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
 * Rejects files, which are sent as `file_urls[]`. The manifest declares that this channel accepts
 * none, and a reply without its picture would be a different reply. An empty value is no file.
 */
function assertNoFiles(body: object): void {
  const hasFile = Object.entries(body).some(
    ([name, value]) => /^file_urls(?:\[|$)/.test(name) && !isEmpty(value),
  );
  if (!hasFile) return;
  throw new ServiceError('invalid_request', 'Instagram comments cannot have files.', {
    fix: 'Send the reply without attachments.',
  });
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isEmpty);
  return value === null || (typeof value === 'string' && value.trim() === '');
}
