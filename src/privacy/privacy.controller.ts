import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AcceptsForm } from '../common/http/body-policy.js';
import { ApiProblem } from '../common/http/api-problem.decorator.js';
import { PAGE_HEADERS } from '../common/http/page.js';
import { ProblemError } from '../common/http/problem.js';
import { readForm } from '../common/http/read-form.js';
import { DeletionRequests } from '../ledger/deletion-requests.js';
import { deletionPage, PRIVACY_PAGE } from './privacy.page.js';
import { PrivacyService } from './privacy.service.js';
import { DeauthorizeAnswer, DeletionAnswer, SignedRequest } from './signed-request.dto.js';

/** A `signed_request` has at most 4,096 ASCII characters. */
const BODY_MAX_BYTES = 16_384;

/** 16 bytes in base64url. */
const CODE = /^[A-Za-z0-9_-]{22}$/;

const FORM = 'application/x-www-form-urlencoded';
const HTML_ANSWER = {
  description: 'The page.',
  content: { 'text/html': { schema: { type: 'string' } } },
} as const;

@ApiTags('Privacy')
@Controller('privacy')
export class PrivacyController {
  constructor(
    private readonly privacy: PrivacyService,
    private readonly deletions: DeletionRequests,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Show which data is stored and how to delete it' })
  @ApiOkResponse(HTML_ANSWER)
  @Header('content-type', PAGE_HEADERS['content-type'])
  @Header('content-security-policy', PAGE_HEADERS['content-security-policy'])
  @Header('referrer-policy', PAGE_HEADERS['referrer-policy'])
  page(): string {
    return PRIVACY_PAGE;
  }

  @Post('deauthorize')
  @AcceptsForm(BODY_MAX_BYTES)
  @HttpCode(200)
  @ApiOperation({ summary: 'Meta reports that a person revoked the app’s access' })
  @ApiConsumes(FORM)
  @ApiOkResponse({ type: DeauthorizeAnswer })
  @ApiProblem(400, 'Meta did not sign the request for this app within the last day.')
  @ApiProblem(503, 'No app secret is set.')
  async deauthorize(@Body() body: SignedRequest): Promise<DeauthorizeAnswer> {
    await this.privacy.deauthorize(readForm(SignedRequest, body));
    return { success: true };
  }

  @Post('data-deletion')
  @AcceptsForm(BODY_MAX_BYTES)
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Meta requests the deletion of a person’s data' })
  @ApiConsumes(FORM)
  @ApiOkResponse({ type: DeletionAnswer })
  @ApiProblem(400, 'Meta did not sign the request for this app within the last day.')
  @ApiProblem(503, 'No app secret is set.')
  delete(@Body() body: SignedRequest): Promise<DeletionAnswer> {
    return this.privacy.delete(readForm(SignedRequest, body));
  }

  @Get('data-deletion/:code')
  @ApiOperation({ summary: 'Show the result of a deletion by its confirmation code' })
  @ApiOkResponse(HTML_ANSWER)
  @ApiProblem(404, 'The code is unknown.')
  @Header('content-type', PAGE_HEADERS['content-type'])
  @Header('content-security-policy', PAGE_HEADERS['content-security-policy'])
  @Header('referrer-policy', PAGE_HEADERS['referrer-policy'])
  @Header('cache-control', 'no-store')
  async status(@Param('code') code: string): Promise<string> {
    const deletion = CODE.test(code) ? await this.deletions.find(code) : undefined;
    if (deletion === undefined) throw new ProblemError(404, 'There is no deletion with this code.');
    return deletionPage(deletion);
  }
}
