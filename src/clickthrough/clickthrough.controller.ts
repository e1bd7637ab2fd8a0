import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { html } from '../common/http/html.js';
import { page, PAGE_HEADERS } from '../common/http/page.js';
import { Permalinks } from '../ledger/permalinks.js';
import { parseExternalId } from '../domain/external-id.js';

const NOT_FOUND = page(
  'Not found on Instagram',
  html`<p>
    This service does not know that post. It may have been deleted, or its account was connected
    again and has not been read yet. Look for it in the account on Instagram.
  </p>`,
);

@ApiTags('Zendesk integration')
@Controller('clickthrough')
export class ClickthroughController {
  constructor(private readonly directory: Permalinks) {}

  @Get()
  @ApiOperation({
    summary: 'To the post on Instagram',
    description: "Zendesk's link from a ticket's comment. It leads to Instagram and nowhere else.",
  })
  @ApiQuery({
    name: 'external_id',
    description: 'The resource, as the pull named it.',
    example: 'media:17895695668004550',
  })
  @ApiResponse({ status: 302, description: 'The post.' })
  @ApiResponse({
    status: 404,
    description: 'A page that says that the post is not known.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  async go(@Query('external_id') externalId: unknown, @Res() reply: FastifyReply): Promise<void> {
    const resource = typeof externalId === 'string' ? parseExternalId(externalId) : undefined;
    const permalink =
      resource === undefined ? undefined : await this.directory.permalinkOf(resource.mediaId);
    reply.headers({ ...PAGE_HEADERS, 'cache-control': 'no-store' });
    if (permalink === undefined) await reply.status(404).send(NOT_FOUND);
    else await reply.redirect(permalink, 302);
  }
}
