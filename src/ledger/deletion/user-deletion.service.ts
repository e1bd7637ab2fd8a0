import { Injectable } from '@nestjs/common';
import type { Clock } from '../../common/clock.js';
import { AccountStores } from './account-stores.js';
import { ChannelbackLedger } from '../replies/channelback-ledger.js';
import { CommentAuthors } from './comment-authors.js';
import { ConnectedAccounts } from '../accounts/connected-accounts.js';
import { Database } from '../database/database.js';
import { type Deletion, type DeletionCounts, DeletionRequests } from './deletion-requests.js';
import { GateHolds } from '../gate/gate-holds.js';
import { GatePaces } from '../gate/gate-paces.js';
import type { LedgerConnection } from '../database/ledger.schema.js';
import { LedgerLine } from '../line/ledger-line.js';
import { LedgerTime } from '../database/ledger-time.js';
import { LikeLedger } from '../likes/like-ledger.js';
import { MetaUsers } from '../accounts/meta-users.js';
import { Permalinks } from '../tickets/permalinks.js';
import { PullAnswers } from '../pulls/pull-answers.js';
import { PullFailures } from '../pulls/pull-failures.js';
import { TicketStore } from '../tickets/ticket-store.js';

/**
 * Deletes the data about a person who connected accounts: which accounts these were, and everything
 * about the accounts that no other person connected. Data about shared accounts stays, because it
 * belongs to the other person too.
 */
@Injectable()
export class UserDeletionService {
  constructor(
    private readonly database: Database,
    private readonly requests: DeletionRequests,
    private readonly metaUsers: MetaUsers,
    private readonly stores: AccountStores,
  ) {}

  /** Builds the service for a command, which runs without Nest. */
  static create(database: Database, clock: Clock): UserDeletionService {
    const time = new LedgerTime(database, clock);
    const stores = new AccountStores(
      new LikeLedger(database, clock),
      new ChannelbackLedger(database, clock),
      new Permalinks(database),
      new TicketStore(database, clock),
      new CommentAuthors(database, clock),
      new ConnectedAccounts(database, clock),
      LedgerLine.create(database, clock),
      new PullAnswers(database, clock),
      new GateHolds(database, time),
      new GatePaces(database, time),
      new PullFailures(database, clock),
    );
    const requests = new DeletionRequests(database, clock);
    return new UserDeletionService(database, requests, new MetaUsers(database), stores);
  }

  /**
   * Carries out a request by Meta once.
   *
   * @param code identifies the request. Its result can be looked up by it, even if nothing was
   * known about the person.
   * @returns undefined if the request was done before.
   */
  async delete(userId: string, code: string): Promise<Deletion | undefined> {
    return this.database.db.transaction().execute(async (db) => {
      const doneAt = await this.requests.begin(db, code);
      if (doneAt === undefined) return undefined;
      const counts = await this.deleteUser(db, userId);
      await this.requests.finish(db, code, counts);
      return { doneAt, ...counts };
    });
  }

  /** Deletes a person from a list that Meta sent by mail. The result cannot be looked up. */
  async deleteListed(userId: string): Promise<DeletionCounts> {
    return this.database.db.transaction().execute((db) => this.deleteUser(db, userId));
  }

  private async deleteUser(db: LedgerConnection, userId: string): Promise<DeletionCounts> {
    const { own, shared } = await this.metaUsers.forget(db, userId);
    await this.stores.deleteAccounts(db, own);
    return { accounts: own.length, shared };
  }
}
