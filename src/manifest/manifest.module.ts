import { Module } from '@nestjs/common';
import { ManifestController } from './manifest.controller.js';
import { ManifestService } from './manifest.service.js';

/** How Zendesk learns what this integration offers, and where. */
@Module({ controllers: [ManifestController], providers: [ManifestService] })
export class ManifestModule {}
