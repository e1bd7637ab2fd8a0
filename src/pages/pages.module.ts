import { Module } from '@nestjs/common';
import { GateModule } from '../gate/gate.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AboutController } from './about.controller.js';
import { DashboardController } from './dashboard.controller.js';

/** The pages that Zendesk's Admin Center links to. */
@Module({
  imports: [GateModule, LedgerModule],
  controllers: [AboutController, DashboardController],
})
export class PagesModule {}
