import { Module } from '@nestjs/common';
import { IntegrationManifest } from './integration-manifest.js';

/** The integration manifest. The folder also has Zendesk's formats and limits. */
@Module({ providers: [IntegrationManifest], exports: [IntegrationManifest] })
export class ZendeskModule {}
