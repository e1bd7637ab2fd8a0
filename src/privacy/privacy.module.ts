import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { PrivacyController } from './privacy.controller.js';
import { PrivacyService } from './privacy.service.js';

/** What Meta asks of an app that handles people's data. */
@Module({
  imports: [LedgerModule],
  controllers: [PrivacyController],
  providers: [Clock, PrivacyService],
})
export class PrivacyModule {}
