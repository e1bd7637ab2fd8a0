import { Module } from '@nestjs/common';
import { GateModule } from '../gate/gate.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MetricsServer } from './metrics-server.js';
import { MetricsService } from './metrics.service.js';

/** Metrics for Prometheus. */
@Module({ imports: [GateModule, LedgerModule], providers: [MetricsService, MetricsServer] })
export class MetricsModule {}
