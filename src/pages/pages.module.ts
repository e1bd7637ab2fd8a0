import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AboutController } from './about.controller.js';
import { DashboardController } from './dashboard.controller.js';

/** The pages that Zendesk's Admin Center links to. */
@Module({ imports: [LedgerModule], controllers: [AboutController, DashboardController] })
export class PagesModule {}
