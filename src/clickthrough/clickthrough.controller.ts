import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AnswersWithin, DEFAULT_DEADLINE_MS } from '../common/http/deadline.interceptor.js';
import { html } from '../common/http/html.js';
import { page, PAGE_HEADERS } from '../common/http/page.js';
import { ClickthroughService } from './clickthrough.service.js';

const NOT_FOUND = page(
  'Not found on Instagram',
  html`<p>
    This service does not know the address of that post. The post may have been deleted, or its
    account was reconnected and the service has not read it yet. To find the post, open the account
    on Instagram.
  </p>`,
);

@ApiTags('Zendesk integration')
@AnswersWithin(DEFAULT_DEADLINE_MS)
@Controller('clickthrough')
export class ClickthroughController {
  constructor(private readonly clickthrough: ClickthroughService) {}

  @Get()
  @ApiOperation({
    summary: 'Redirect to the post on Instagram',
    description:
      "The target of Zendesk's link from a ticket's comment. Redirects only to Instagram.",
  })
  @ApiQuery({
    name: 'external_id',
    description: 'The resource, as the pull named it.',
    example: 'media:17895695668004550',
  })
  @ApiResponse({ status: 302, description: 'Redirects to the post.' })
  @ApiResponse({
    status: 404,
    description: 'A page that says that the post is unknown.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  async go(@Query('external_id') externalId: unknown, @Res() reply: FastifyReply): Promise<void> {
    const permalink = await this.clickthrough.findPermalink(externalId);
    reply.headers({ ...PAGE_HEADERS, 'cache-control': 'no-store' });
    if (permalink === undefined) await reply.status(404).send(NOT_FOUND);
    else await reply.redirect(permalink, 302);
  }
}
