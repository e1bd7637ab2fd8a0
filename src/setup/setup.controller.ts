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
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AcceptsForm } from '../common/http/body-policy.js';
import { AnswersWithin } from '../common/http/deadline.interceptor.js';
import { Note, type NoteFields } from '../common/http/note.decorator.js';
import type { LoginProgress } from '../ledger/accounts/pending-logins.js';
import {
  ADMIN_BODY_MAX_BYTES,
  CallbackQuery,
  ChoiceForm,
  ContinueForm,
  FinishForm,
  SetupForm,
  TokenForm,
} from './admin-ui.dto.js';
import { FrameErrorFilter, WindowErrorFilter } from './setup-error.filter.js';
import { SetupFormPipe } from './setup-form.pipe.js';
import { SETUP_PATHS } from './setup-paths.js';
import { STEP_ANSWER_MS } from './step-deadlines.js';
import { StepCall } from './step-call.js';
import { ChooseAccountStep } from './steps/choose-account.step.js';
import { ContinueLoginStep } from './steps/continue-login.step.js';
import { HandOverStep } from './steps/hand-over.step.js';
import { LoginCallbackStep } from './steps/login-callback.step.js';
import { LoginProgressStep } from './steps/login-progress.step.js';
import { StartLoginStep } from './steps/start-login.step.js';
import { TryLikeStep } from './steps/try-like.step.js';
import { UseTokenStep } from './steps/use-token.step.js';
import { PageRenderer } from './views/page-renderer.js';

/** The steps after the first. Only this service's own pages and Facebook's redirect lead here. */
@ApiExcludeController()
@UseFilters(FrameErrorFilter)
@AnswersWithin(STEP_ANSWER_MS)
@Controller()
export class SetupController {
  constructor(
    private readonly startLogin: StartLoginStep,
    private readonly loginCallback: LoginCallbackStep,
    private readonly loginProgress: LoginProgressStep,
    private readonly continueLogin: ContinueLoginStep,
    private readonly useToken: UseTokenStep,
    private readonly chooseAccount: ChooseAccountStep,
    private readonly tryLike: TryLikeStep,
    private readonly handOver: HandOverStep,
    private readonly pages: PageRenderer,
  ) {}

  @Post(SETUP_PATHS.startLogin)
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  @UseFilters(WindowErrorFilter)
  async postLogin(@StepCall(SetupForm) call: StepCall, @Res() reply: FastifyReply): Promise<void> {
    await this.pages.send(reply, await this.startLogin.run(call));
  }

  @Get(SETUP_PATHS.loginCallback)
  @UseFilters(WindowErrorFilter)
  async getCallback(
    @Query(SetupFormPipe) query: CallbackQuery,
    @Req() request: FastifyRequest,
    @Note() note: NoteFields,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Fastify answers HEAD with the GET route, and a link scanner must have no effect.
    if (request.method !== 'GET') throw new NotFoundException();
    await this.pages.send(reply, await this.loginCallback.run(query, note));
  }

  @Post(SETUP_PATHS.loginProgress)
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  @HttpCode(200)
  async postProgress(@Body(SetupFormPipe) form: SetupForm): Promise<{ progress: LoginProgress }> {
    return { progress: await this.loginProgress.run(form) };
  }

  @Post(SETUP_PATHS.continueLogin)
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  async postConfirmation(
    @StepCall(ContinueForm) call: StepCall<ContinueForm>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.pages.send(reply, await this.continueLogin.run(call));
  }

  @Post(SETUP_PATHS.useToken)
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  async postToken(
    @StepCall(TokenForm) call: StepCall<TokenForm>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.pages.send(reply, await this.useToken.run(call));
  }

  @Post(SETUP_PATHS.chooseAccount)
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  async postChoice(
    @StepCall(ChoiceForm) call: StepCall<ChoiceForm>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.pages.send(reply, await this.chooseAccount.run(call));
  }

  @Post(SETUP_PATHS.tryLike)
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  async postTrial(@StepCall(SetupForm) call: StepCall, @Res() reply: FastifyReply): Promise<void> {
    await this.pages.send(reply, await this.tryLike.run(call));
  }

  @Post(SETUP_PATHS.handOver)
  @AcceptsForm(ADMIN_BODY_MAX_BYTES)
  async postSettings(
    @StepCall(FinishForm) call: StepCall<FinishForm>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.pages.send(reply, await this.handOver.run(call));
  }
}
