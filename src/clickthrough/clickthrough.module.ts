import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ClickthroughController } from './clickthrough.controller.js';

/** From a ticket to the post on Instagram. */
@Module({ imports: [LedgerModule], controllers: [ClickthroughController] })
export class ClickthroughModule {}
