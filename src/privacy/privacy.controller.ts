import { Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AcceptsForm } from '../common/http/body-policy.js';
import { ApiProblem } from '../common/http/api-problem.decorator.js';
import {
  AnswersWithin,
  CALLBACK_DEADLINE_MS,
  DEFAULT_DEADLINE_MS,
} from '../common/http/deadline.interceptor.js';
import { HtmlPage } from '../common/http/html-page.decorator.js';
import { ProblemError } from '../common/http/problem.js';
import { FormBody } from '../common/http/form-body.decorator.js';
import { DeletionRequests } from '../ledger/deletion/deletion-requests.js';
import { deletionPage, PRIVACY_PAGE } from './privacy.page.js';
import { PrivacyService } from './privacy.service.js';
import { DeauthorizeAnswer, DeletionAnswer, SignedRequest } from './signed-request.dto.js';

/** A `signed_request` has at most 4,096 ASCII characters. */
const BODY_MAX_BYTES = 16_384;

/** 16 bytes in base64url. */
const CODE = /^[A-Za-z0-9_-]{22}$/;

const FORM = 'application/x-www-form-urlencoded';

@ApiTags('Privacy')
@AnswersWithin(DEFAULT_DEADLINE_MS)
@Controller('privacy')
export class PrivacyController {
  constructor(
    private readonly privacy: PrivacyService,
    private readonly deletions: DeletionRequests,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Show which data is stored and how to delete it' })
  @HtmlPage({ cached: true })
  page(): string {
    return PRIVACY_PAGE;
  }

  @AnswersWithin(CALLBACK_DEADLINE_MS)
  @Post('deauthorize')
  @AcceptsForm(BODY_MAX_BYTES)
  @HttpCode(200)
  @ApiOperation({ summary: 'Meta reports that a person revoked the app’s access' })
  @ApiConsumes(FORM)
  @ApiOkResponse({ type: DeauthorizeAnswer })
  @ApiProblem(400, 'Meta did not sign the request for this app within the last day.')
  @ApiProblem(503, 'No app secret is set.')
  async deauthorize(@FormBody(SignedRequest) request: SignedRequest): Promise<DeauthorizeAnswer> {
    await this.privacy.deauthorize(request);
    return { success: true };
  }

  @AnswersWithin(CALLBACK_DEADLINE_MS)
  @Post('data-deletion')
  @AcceptsForm(BODY_MAX_BYTES)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Meta requests the deletion of a person’s data' })
  @ApiConsumes(FORM)
  @ApiOkResponse({ type: DeletionAnswer })
  @ApiProblem(400, 'Meta did not sign the request for this app within the last day.')
  @ApiProblem(503, 'No app secret is set.')
  delete(@FormBody(SignedRequest) request: SignedRequest): Promise<DeletionAnswer> {
    return this.privacy.delete(request);
  }

  @Get('data-deletion/:code')
  @ApiOperation({ summary: 'Show the result of a deletion by its confirmation code' })
  @ApiProblem(404, 'The code is unknown.')
  @HtmlPage()
  async status(@Param('code') code: string): Promise<string> {
    const deletion = CODE.test(code) ? await this.deletions.find(code) : undefined;
    if (deletion === undefined) throw new ProblemError(404, 'There is no deletion with this code.');
    return deletionPage(deletion);
  }
}
