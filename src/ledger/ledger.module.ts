import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { ChannelbackLedger } from './channelback-ledger.js';
import { ConnectedAccounts } from './connected-accounts.js';
import { Database } from './database.js';
import { LedgerSweep } from './ledger-sweep.js';
import { LikeLedger } from './like-ledger.js';
import { MediaDirectory } from './media-directory.js';
import { MetaUsers } from './meta-users.js';
import { PendingLogIns } from './pending-log-ins.js';
import { People } from './people.js';
import { TicketMap } from './ticket-map.js';
import { TicketNotes } from './ticket-notes.js';
import { Turns } from './turns.js';

/** What this service has to remember over a restart; durable. */
const STORES = [
  ChannelbackLedger,
  ConnectedAccounts,
  Database,
  LedgerSweep,
  LikeLedger,
  MediaDirectory,
  MetaUsers,
  PendingLogIns,
  People,
  TicketMap,
  TicketNotes,
  Turns,
];

@Module({ providers: [Clock, ...STORES], exports: STORES })
export class LedgerModule {}
