import { Body, Controller, HttpCode, Post, Res, UseFilters } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptsForm } from '../common/http/body-policy.js';
import { ClientAddress } from '../common/http/client-address.js';
import { AnswersWithin } from '../common/http/deadline.interceptor.js';
import { ADMIN_BODY_MAX_BYTES, AdminUiForm } from './admin-ui.dto.js';
import { FrameErrorFilter } from './setup-error.filter.js';
import { SetupFormPipe } from './setup-form.pipe.js';
import { SETUP_PATHS } from './setup-paths.js';
import { STEP_ANSWER_MS } from './step-deadlines.js';
import { OpenStep } from './steps/open.step.js';
import { PageRenderer } from './views/page-renderer.js';

/** The first step of the setup, which Zendesk calls. */
@ApiTags('Zendesk integration')
@UseFilters(FrameErrorFilter)
@AnswersWithin(STEP_ANSWER_MS)
@Controller(SETUP_PATHS.open)
export class AdminController {
  constructor(
    private readonly open: OpenStep,
    private readonly pages: PageRenderer,
  ) {}

  @Post()
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  @HttpCode(200)
  @ApiOperation({
    summary: 'The page that Zendesk frames for an admin who adds or edits an account',
    description:
      'The last page submits a form to `return_url`, which must be https at the Zendesk of ' +
      '`subdomain`.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiOkResponse({
    description: 'The first page of the setup.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  async page(
    @Body(SetupFormPipe) form: AdminUiForm,
    @ClientAddress() address: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.pages.send(reply, await this.open.run(form, address));
  }
}
