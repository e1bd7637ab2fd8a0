import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AnswersWithin, DEFAULT_DEADLINE_MS } from '../common/http/deadline.interceptor.js';
import { ASSETS } from './assets.js';
import { SETUP_PATHS } from './setup-paths.js';

/** The style and the script of the setup's pages. */
@ApiExcludeController()
@AnswersWithin(DEFAULT_DEADLINE_MS)
@Controller(SETUP_PATHS.assets)
export class AssetsController {
  @Get(':hash/:name')
  get(@Param('hash') hash: string, @Param('name') name: string, @Res() reply: FastifyReply): void {
    const asset = Object.values(ASSETS).find(
      ({ path }) => path === `${SETUP_PATHS.assets}/${hash}/${name}`,
    );
    if (asset === undefined) throw new NotFoundException();
    void reply
      .headers({
        'content-type': asset.type,
        'cache-control': 'public, max-age=31536000, immutable',
      })
      .send(asset.text);
  }
}
