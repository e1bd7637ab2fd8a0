import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Deadline } from '../../common/deadline.js';
import { Budget } from '../../common/http/budget.js';
import { EventLog } from '../../common/logging/event-log.js';
import type { Account } from '../../domain/account.js';
import type { ErrorCode } from '../../domain/error-codes.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { InstagramError } from '../../instagram/instagram-error.js';
import { MetaLogin } from '../../instagram/meta-login.js';
import type { TokenFacts } from '../../instagram/token-facts.js';
import { LOGIN_VALID_MS } from '../../ledger/accounts/pending-logins.js';
import { type SharedBudget, SharedBudgets } from '../../ledger/budgets/shared-budgets.js';
import { checkConnection, type ConnectionCheck } from './connection-check.js';

/**
 * Inspections of metadata from Zendesk's frame per `BUDGET_MS`. The call is unauthenticated, and
 * each inspection costs up to five calls to Meta.
 */
const INSPECTIONS_OF_NETWORK_MAX = 60;
const INSPECTIONS_OF_ACCOUNT_MAX = 60;
const BUDGET_MS = LOGIN_VALID_MS;
/** How many posts with comments are sampled to see whether Meta returns comments. */
const SAMPLE_POSTS = 2;

/** Facts that an earlier call of the step has already produced. */
export interface KnownFacts {
  readonly facts?: TokenFacts | undefined;
  /** The error of a like that was tried. */
  readonly like?: ErrorCode | undefined;
}

export type Inspection =
  | { readonly kind: 'checked'; readonly check: ConnectionCheck; readonly facts: TokenFacts }
  | { readonly kind: 'not_checked'; readonly reason: ErrorCode | 'too_many' };

/** Asks Meta about an account's connection. */
@Injectable()
export class ConnectionInspector {
  private readonly networkBudget: SharedBudget;
  private readonly accountBudget: SharedBudget;

  constructor(
    private readonly meta: MetaLogin,
    private readonly instagram: InstagramClient,
    private readonly clock: Clock,
    private readonly log: EventLog,
    budgets: SharedBudgets,
  ) {
    const ofNetwork = new Budget(INSPECTIONS_OF_NETWORK_MAX, BUDGET_MS);
    const ofAccount = new Budget(INSPECTIONS_OF_ACCOUNT_MAX, BUDGET_MS);
    this.networkBudget = budgets.create('inspections_of_network', ofNetwork);
    this.accountBudget = budgets.create('inspections_of_account', ofAccount);
  }

  /** As `inspect`, for an unauthenticated call. */
  async inspectWithinBudget(
    account: Account,
    address: string,
    deadline: Deadline,
  ): Promise<Inspection> {
    const isInBudget =
      (await this.networkBudget.spend(address)) &&
      (await this.accountBudget.spend(account.igUserId));
    return isInBudget
      ? this.inspect(account, {}, deadline)
      : { kind: 'not_checked', reason: 'too_many' };
  }

  /** Never throws an `InstagramError`: a failed inspection is a result. */
  async inspect(account: Account, known: KnownFacts, deadline: Deadline): Promise<Inspection> {
    try {
      const facts = known.facts ?? (await this.meta.inspect(account.userToken, deadline));
      const read = facts.isValid
        ? await findRefusal(this.instagram.as(account, deadline).readAccount())
        : undefined;
      const canRead = facts.isValid && read === undefined;
      const check = checkConnection({
        dialect: account.dialect,
        igUserId: account.igUserId,
        pageId: account.pageId,
        hasPageToken: account.pageToken !== undefined,
        facts,
        appId: this.meta.appId,
        wantedScopes: this.meta.wantedScopes,
        refusals: { read, like: known.like },
        hidesComments: canRead && (await this.hidesComments(account, deadline)),
        now: this.clock.now(),
      });
      return { kind: 'checked', check, facts };
    } catch (failure) {
      if (!(failure instanceof InstagramError)) throw failure;
      this.log.warn('admin.not_checked', { outcome: failure.code, ...failure.log });
      return { kind: 'not_checked', reason: failure.code };
    }
  }

  /**
   * Whether Meta counts comments but returns none. Without Advanced Access, it omits the comments
   * of people who have no role in the Meta app.
   */
  private async hidesComments(account: Account, deadline: Deadline): Promise<boolean> {
    try {
      const session = this.instagram.as(account, deadline);
      const { items } = await session.listMedia();
      const commented = items.filter(({ commentsCount = 0 }) => commentsCount > 0);
      const lists = await Promise.all(
        commented.slice(0, SAMPLE_POSTS).map(({ id }) => session.listComments(id)),
      );
      return lists.length > 0 && lists.every((list) => list.items.length === 0);
    } catch (failure) {
      // The permissions already explain a refusal.
      if (failure instanceof InstagramError) return false;
      throw failure;
    }
  }
}

async function findRefusal(call: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await call;
    return undefined;
  } catch (failure) {
    if (failure instanceof InstagramError) return failure.code;
    throw failure;
  }
}
