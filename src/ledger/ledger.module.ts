import { Module } from '@nestjs/common';
import { AccountStores } from './deletion/account-stores.js';
import { AuthorDeletionService } from './deletion/author-deletion.service.js';
import { BudgetCounts } from './budgets/budget-counts.js';
import { ChannelbackLedger } from './replies/channelback-ledger.js';
import { CommentAuthors } from './deletion/comment-authors.js';
import { ConnectedAccounts } from './accounts/connected-accounts.js';
import { Database } from './database/database.js';
import { DeletionRequests } from './deletion/deletion-requests.js';
import { GateHolds } from './gate/gate-holds.js';
import { GatePaces } from './gate/gate-paces.js';
import { KeyedLock } from './database/keyed-lock.js';
import { LedgerLine } from './line/ledger-line.js';
import { LedgerSweep } from './ledger-sweep.js';
import { LedgerTime } from './database/ledger-time.js';
import { LikeLedger } from './likes/like-ledger.js';
import { LineWatch } from './line/line-watch.js';
import { MetaUsers } from './accounts/meta-users.js';
import { PendingLogins } from './accounts/pending-logins.js';
import { Permalinks } from './tickets/permalinks.js';
import { PullAnswers } from './pulls/pull-answers.js';
import { PullFailures } from './pulls/pull-failures.js';
import { SharedBudgets } from './budgets/shared-budgets.js';
import { TicketFinder } from './tickets/ticket-finder.js';
import { TicketRecorder } from './tickets/ticket-recorder.js';
import { TicketStore } from './tickets/ticket-store.js';
import { UserDeletionService } from './deletion/user-deletion.service.js';

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
