import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from './database.js';
import { LikeLedger } from './like-ledger.js';

/** What the accounts like, as far as this service made it so; durable. */
@Module({ providers: [Clock, Database, LikeLedger], exports: [Database, LikeLedger] })
export class LedgerModule {}
