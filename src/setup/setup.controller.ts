import {
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import type { NoteFields } from '../common/http/note.decorator.js';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientAddress, clientAddress } from '../common/http/client-address.js';
import { AcceptsForm } from '../common/http/body-policy.js';
import { noteForLog } from '../common/http/request-log.js';
import type { LoginProgress } from '../ledger/pending-logins.js';
import {
  ADMIN_BODY_MAX_BYTES,
  CallbackQuery,
  ChoiceForm,
  ContinueForm,
  FinishForm,
  SetupForm,
  TokenForm,
} from './admin-ui.dto.js';
import { type AdminPage, AdminPages } from './admin-page.js';
import { readAdminForm } from './read-admin-form.js';
import { SetupErrorFilter } from './setup-error.filter.js';
import { LoginWindow } from './login-window.service.js';
import { SetupService } from './setup.service.js';

/** The steps of the set-up after the first. Only this service's own pages lead here, and Facebook's window. */
@ApiExcludeController()
@UseFilters(SetupErrorFilter)
@Controller('admin')
export class SetupController {
  constructor(
    private readonly setup: SetupService,
    private readonly window: LoginWindow,
    private readonly pages: AdminPages,
  ) {}

  @Post('log-in')
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  async beginLogin(
    @Body() body: SetupForm,
    @ClientAddress() address: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.pages.send(reply, await this.setup.beginLogin(readAdminForm(SetupForm, body), address));
  }

  @Get('log-in/callback')
  async comeBack(
    @Query() query: CallbackQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Fastify answers HEAD by the GET route; a scanner of links must have no effect.
    if (request.method !== 'GET') throw new NotFoundException();
    const page = await this.window.finish(readAdminForm(CallbackQuery, query), (fields) => {
      noteForLog(request, fields);
    });
    this.pages.send(reply, page);
  }

  @Post('log-in/progress')
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  @HttpCode(200)
  async progress(@Body() body: SetupForm): Promise<{ progress: LoginProgress }> {
    return { progress: await this.setup.progress(readAdminForm(SetupForm, body)) };
  }

  @Post('log-in/continue')
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  continueLogin(
    @Body() body: ContinueForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.step(ContinueForm, body, request, reply, (form, note) =>
      this.setup.continueLogin(form, note),
    );
  }

  @Post('token')
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  useToken(
    @Body() body: TokenForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.step(TokenForm, body, request, reply, (form, note) =>
      this.setup.useToken(form, clientAddress(request), note),
    );
  }

  @Post('account')
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  choose(
    @Body() body: ChoiceForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.step(ChoiceForm, body, request, reply, (form, note) =>
      this.setup.choose(form, note),
    );
  }

  @Post('trial')
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  tryLike(
    @Body() body: SetupForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.step(SetupForm, body, request, reply, (form, note) =>
      this.setup.tryLike(form, note),
    );
  }

  @Post('finish')
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  finish(
    @Body() body: FinishForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.step(FinishForm, body, request, reply, (form, note) =>
      this.setup.finish(form, note),
    );
  }

  private async step<T extends object>(
    type: new () => T,
    body: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
    act: (form: T, note: NoteFields) => Promise<AdminPage>,
  ): Promise<void> {
    const page = await act(readAdminForm(type, body), (fields) => {
      noteForLog(request, fields);
    });
    this.pages.send(reply, page);
  }
}
