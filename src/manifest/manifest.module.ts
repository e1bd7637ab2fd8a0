import { Module } from '@nestjs/common';
import { ZendeskModule } from '../zendesk/zendesk.module.js';
import { ManifestController } from './manifest.controller.js';
import { ManifestService } from './manifest.service.js';

/** The integration manifest, for Zendesk to read. */
@Module({
  imports: [ZendeskModule],
  controllers: [ManifestController],
  providers: [ManifestService],
})
export class ManifestModule {}
