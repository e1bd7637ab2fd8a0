import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { PrivacyController } from './privacy.controller.js';
import { PrivacyService } from './privacy.service.js';

/** The callbacks and pages that Meta requires of an app that handles people's data. */
@Module({
  imports: [LedgerModule],
  controllers: [PrivacyController],
  providers: [Clock, PrivacyService],
})
export class PrivacyModule {}
