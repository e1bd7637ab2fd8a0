import { Module } from '@nestjs/common';
import { ChannelbackLedger } from './channelback-ledger.js';
import { ConnectedAccounts } from './connected-accounts.js';
import { Database } from './database.js';
import { LedgerSweep } from './ledger-sweep.js';
import { LikeLedger } from './like-ledger.js';
import { Permalinks } from './permalinks.js';
import { MetaUsers } from './meta-users.js';
import { PendingLogins } from './pending-logins.js';
import { CommentAuthors } from './comment-authors.js';
import { TicketMap } from './ticket-map.js';
import { TicketNotes } from './ticket-notes.js';
import { KeyedLock } from './keyed-lock.js';

/** What this service has to remember over a restart; durable. */
const STORES = [
  ChannelbackLedger,
  ConnectedAccounts,
  Database,
  LedgerSweep,
  LikeLedger,
  Permalinks,
  MetaUsers,
  PendingLogins,
  CommentAuthors,
  TicketMap,
  TicketNotes,
  KeyedLock,
];

@Module({ providers: [...STORES], exports: STORES })
export class LedgerModule {}
