import { Body, Controller, HttpCode, Post, Res, UseFilters } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ClientAddress } from '../common/http/client-address.js';
import { AcceptsForm } from '../common/http/body-policy.js';
import { ADMIN_BODY_MAX_BYTES, AdminUiForm } from './admin-ui.dto.js';
import { AdminPages } from './admin-page.js';
import { readAdminForm } from './read-admin-form.js';
import { SetupErrorFilter } from './setup-error.filter.js';
import { SetupService } from './setup.service.js';

@ApiTags('Zendesk integration')
@UseFilters(SetupErrorFilter)
@Controller('admin_ui')
export class AdminController {
  constructor(
    private readonly setup: SetupService,
    private readonly pages: AdminPages,
  ) {}

  @Post()
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  @HttpCode(200)
  @ApiOperation({
    summary: 'The page that Zendesk frames for an admin who adds or edits an account',
    description:
      'It ends with a form that the browser POSTs to `return_url`, which must be https at the Zendesk of `subdomain`.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiOkResponse({
    description: 'The first page of the set-up.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  async page(
    @Body() body: AdminUiForm,
    @ClientAddress() address: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const form = readAdminForm(AdminUiForm, body);
    this.pages.send(reply, await this.setup.begin(form, address));
  }
}
