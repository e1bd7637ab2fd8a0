import { Controller, Header, HttpCode, Post, UseFilters } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AcceptsForm } from '../common/http/body-policy.js';
import { ApiProblem } from '../common/http/api-problem.decorator.js';
import { AnswersWithin } from '../common/http/deadline.interceptor.js';
import { FormBody } from '../common/http/form-body.decorator.js';
import { Note, type NoteFields } from '../common/http/note.decorator.js';
import { RetryProblemFilter } from '../common/http/problem.filter.js';
import { PullAnswer } from './pull-answer.dto.js';
import { PullRequest } from './pull-request.dto.js';
import { PullService } from './pull.service.js';

/** `metadata` and `state` have 5,000 ASCII characters each, up to 3 bytes each in a form. */
const BODY_MAX_BYTES = 65_536;

@ApiTags('Zendesk integration')
@AnswersWithin('pull')
@UseFilters(RetryProblemFilter)
@Controller('pull')
export class PullController {
  constructor(private readonly pulls: PullService) {}

  @Post()
  @AcceptsForm(BODY_MAX_BYTES)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Get new comments of the account, for tickets',
    description:
      'At most 200 resources a call. If an answer does not arrive, the next one repeats its ' +
      'resources, and Zendesk skips those that it has.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiOkResponse({ type: PullAnswer })
  @ApiProblem(400, 'The body is not a pull.')
  @ApiProblem(401, 'The metadata cannot be opened.')
  @ApiProblem(503, 'Instagram does not answer or its limits are used up. Zendesk keeps its state.')
  pull(@FormBody(PullRequest) request: PullRequest, @Note() note: NoteFields): Promise<PullAnswer> {
    return this.pulls.pull(request, note);
  }
}
