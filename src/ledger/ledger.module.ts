import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from './database.js';
import { LikeLedger } from './like-ledger.js';
import { MediaDirectory } from './media-directory.js';

/** What this service has to remember over a restart; durable. */
const STORES = [Database, LikeLedger, MediaDirectory];

@Module({ providers: [Clock, ...STORES], exports: STORES })
export class LedgerModule {}
