import { Injectable } from '@nestjs/common';
import { ChannelbackLedger } from '../replies/channelback-ledger.js';
import { CommentAuthors } from './comment-authors.js';
import { ConnectedAccounts } from '../accounts/connected-accounts.js';
import { GateHolds } from '../gate/gate-holds.js';
import { GatePaces } from '../gate/gate-paces.js';
import type { LedgerConnection } from '../database/ledger.schema.js';
import { LedgerLine } from '../line/ledger-line.js';
import { LikeLedger } from '../likes/like-ledger.js';
import { Permalinks } from '../tickets/permalinks.js';
import { PullAnswers } from '../pulls/pull-answers.js';
import { PullFailures } from '../pulls/pull-failures.js';
import { TicketStore } from '../tickets/ticket-store.js';

/** All stores whose rows belong to an Instagram account. */
@Injectable()
export class AccountStores {
  constructor(
    private readonly likes: LikeLedger,
    private readonly replies: ChannelbackLedger,
    private readonly permalinks: Permalinks,
    private readonly tickets: TicketStore,
    private readonly authors: CommentAuthors,
    private readonly accounts: ConnectedAccounts,
    private readonly line: LedgerLine,
    private readonly pullAnswers: PullAnswers,
    private readonly holds: GateHolds,
    private readonly paces: GatePaces,
    private readonly pullFailures: PullFailures,
  ) {}

  /**
   * Deletes all rows of these accounts.
   *
   * @param db a transaction.
   */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    if (accounts.length === 0) return;
    await this.likes.deleteAccounts(db, accounts);
    await this.replies.deleteAccounts(db, accounts);
    await this.permalinks.deleteAccounts(db, accounts);
    await this.tickets.deleteAccounts(db, accounts);
    await this.authors.deleteAccounts(db, accounts);
    await this.accounts.deleteAccounts(db, accounts);
    await this.line.deleteAccounts(db, accounts);
    await this.pullAnswers.deleteAccounts(db, accounts);
    await this.holds.deleteAccounts(db, accounts);
    await this.paces.deleteAccounts(db, accounts);
    await this.pullFailures.deleteAccounts(db, accounts);
  }
}
