import { Module } from '@nestjs/common';
import { ElapsedTime } from '../common/elapsed-time.js';
import { Gate } from './gate.js';
import { Holds } from './holds.js';
import { SharedRows } from './shared-rows.js';

/** The gate in front of Meta. It works from memory until `SharedGateModule` connects its rows. */
@Module({ providers: [ElapsedTime, Gate, Holds, SharedRows], exports: [Gate, SharedRows] })
export class GateModule {}
