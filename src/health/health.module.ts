import { Module } from '@nestjs/common';
import { HttpServerModule } from '../common/http/http-server.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { HealthController } from './health.controller.js';
import { ReadinessService } from './readiness.service.js';

/** Health checks. */
@Module({
  imports: [HttpServerModule, LedgerModule],
  controllers: [HealthController],
  providers: [ReadinessService],
})
export class HealthModule {}
