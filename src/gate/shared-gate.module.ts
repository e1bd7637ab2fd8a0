import { Module } from '@nestjs/common';
import { GateHolds } from '../ledger/gate/gate-holds.js';
import { GatePaces } from '../ledger/gate/gate-paces.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { GateModule } from './gate.module.js';
import { SharedRows } from './shared-rows.js';

/** Connects the gate to its rows in the ledger's database. */
@Module({ imports: [GateModule, LedgerModule] })
export class SharedGateModule {
  constructor(rows: SharedRows, holds: GateHolds, paces: GatePaces) {
    rows.connect({ holds, paces });
  }
}
