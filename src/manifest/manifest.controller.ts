import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import { AnswersWithin, DEFAULT_DEADLINE_MS } from '../common/http/deadline.interceptor.js';
import { ManifestService } from './manifest.service.js';

@ApiTags('Zendesk integration')
@AnswersWithin(DEFAULT_DEADLINE_MS)
@Controller('manifest.json')
export class ManifestController {
  constructor(private readonly manifest: ManifestService) {}

  @Get()
  @ApiOperation({
    summary: 'The integration manifest',
    description: 'Describes the integration to Zendesk, with absolute https URLs.',
  })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'The ETag of an earlier answer.',
  })
  @ApiOkResponse({
    description: 'The manifest.',
    headers: { ETag: { schema: { type: 'string' }, description: 'Changes with the manifest.' } },
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['name', 'id', 'urls'],
          properties: {
            name: { type: 'string' },
            id: { type: 'string' },
            version: { type: 'string' },
            author: { type: 'string' },
            urls: {
              type: 'object',
              required: ['admin_ui'],
              additionalProperties: { type: 'string', format: 'uri' },
            },
          },
        },
      },
    },
  })
  @ApiResponse({ status: 304, description: 'Unchanged since the ETag in If-None-Match.' })
  get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { body, etag } = this.manifest;
    reply.headers({ etag, 'cache-control': 'no-cache' });
    if (fresh(request.headers, { etag })) void reply.status(304).send();
    else void reply.type('application/json').send(body);
  }
}
