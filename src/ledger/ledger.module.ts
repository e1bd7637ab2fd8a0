import { Module } from '@nestjs/common';
import { AccountStores } from './account-stores.js';
import { AuthorDeletionService } from './author-deletion.service.js';
import { BudgetCounts } from './budget-counts.js';
import { ChannelbackLedger } from './channelback-ledger.js';
import { CommentAuthors } from './comment-authors.js';
import { ConnectedAccounts } from './connected-accounts.js';
import { Database } from './database.js';
import { DeletionRequests } from './deletion-requests.js';
import { GateHolds } from './gate-holds.js';
import { GatePaces } from './gate-paces.js';
import { KeyedLock } from './keyed-lock.js';
import { LedgerLine } from './ledger-line.js';
import { LedgerSweep } from './ledger-sweep.js';
import { LedgerTime } from './ledger-time.js';
import { LikeLedger } from './like-ledger.js';
import { LineWatch } from './line-watch.js';
import { MetaUsers } from './meta-users.js';
import { PendingLogins } from './pending-logins.js';
import { Permalinks } from './permalinks.js';
import { PullAnswers } from './pull-answers.js';
import { PullFailures } from './pull-failures.js';
import { SharedBudgets } from './shared-budgets.js';
import { TicketFinder } from './ticket-finder.js';
import { TicketRecorder } from './ticket-recorder.js';
import { TicketStore } from './ticket-store.js';
import { UserDeletionService } from './user-deletion.service.js';

const EXPORTED = [
  AuthorDeletionService,
  ChannelbackLedger,
  CommentAuthors,
  ConnectedAccounts,
  Database,
  DeletionRequests,
  GateHolds,
  GatePaces,
  KeyedLock,
  LedgerLine,
  LedgerSweep,
  LedgerTime,
  LikeLedger,
  LineWatch,
  MetaUsers,
  PendingLogins,
  Permalinks,
  PullAnswers,
  PullFailures,
  SharedBudgets,
  TicketFinder,
  TicketRecorder,
  UserDeletionService,
];

/** The service's memory, which survives a restart. */
@Module({ providers: [AccountStores, BudgetCounts, TicketStore, ...EXPORTED], exports: EXPORTED })
export class LedgerModule {}
