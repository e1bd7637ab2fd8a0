import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import { ManifestService } from './manifest.service.js';

@ApiTags('Zendesk integration')
@Controller('manifest.json')
export class ManifestController {
  constructor(@Inject(ManifestService) private readonly manifest: ManifestService) {}

  @Get()
  @ApiOperation({
    summary: 'The integration manifest',
    description: 'What Zendesk reads to know the integration, with absolute https URLs.',
  })
  @ApiOkResponse({ description: 'The manifest, with an ETag.' })
  @ApiResponse({ status: 304, description: 'Unchanged since the ETag in If-None-Match.' })
  get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { body, etag } = this.manifest;
    reply.headers({ etag, 'cache-control': 'no-cache' });
    if (fresh(request.headers, { etag })) void reply.status(304).send();
    else void reply.type('application/json').send(body);
  }
}
