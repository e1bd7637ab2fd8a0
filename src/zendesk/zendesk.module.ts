import { Module } from '@nestjs/common';
import { IntegrationManifest } from './integration-manifest.js';

/** What this integration is to Zendesk. */
@Module({ providers: [IntegrationManifest], exports: [IntegrationManifest] })
export class ZendeskModule {}
