import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ClickthroughController } from './clickthrough.controller.js';
import { ClickthroughService } from './clickthrough.service.js';

/** The link from a ticket to the post on Instagram. */
@Module({
  imports: [LedgerModule],
  controllers: [ClickthroughController],
  providers: [ClickthroughService],
})
export class ClickthroughModule {}
