import { Module } from '@nestjs/common';
import { AdminController } from './admin.controller.js';

/** The set-up page in Zendesk's Admin Center. */
@Module({ controllers: [AdminController] })
export class AdminModule {}
