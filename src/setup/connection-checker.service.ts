import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import type { ErrorCode } from '../domain/error-codes.js';
import { Budget } from '../common/http/budget.js';
import { EventLog } from '../common/logging/event-log.js';
import type { Account } from '../domain/account.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError } from '../instagram/instagram-error.js';
import { MetaLogin } from '../instagram/meta-login.js';
import type { TokenFacts } from '../instagram/token-facts.js';
import { LOGIN_VALID_MS } from '../ledger/pending-logins.js';
import { checkConnection, type ConnectionCheck } from './connection-check.js';

/** The time that Meta has for one check. An admin waits longer than an agent. */
const CHECK_DEADLINE_MS = 20_000;
/**
 * Checks of metadata that Zendesk's frame sends, in `BUDGET_MS`: nothing authenticates the call,
 * and each costs up to five calls to Meta.
 */
const CHECKS_OF_NETWORK_MAX = 60;
const CHECKS_OF_ACCOUNT_MAX = 60;
const BUDGET_MS = LOGIN_VALID_MS;
/** Posts with comments that are looked at, to see whether Meta returns any. */
const SAMPLE_POSTS = 2;

/** What is known before the check. */
export interface KnownConnection {
  readonly facts?: TokenFacts;
  /** How Meta refused a like that was tried. */
  readonly like?: ErrorCode | undefined;
}

export type CheckOutcome =
  | { readonly check: ConnectionCheck; readonly facts: TokenFacts }
  | { readonly notChecked: ErrorCode | 'too_many' };

/** Asks Meta what an account's connection is good for. */
@Injectable()
export class ConnectionChecker {
  private readonly ofNetworks = new Budget(CHECKS_OF_NETWORK_MAX, BUDGET_MS);
  private readonly ofAccounts = new Budget(CHECKS_OF_ACCOUNT_MAX, BUDGET_MS);

  constructor(
    private readonly meta: MetaLogin,
    private readonly instagram: InstagramClient,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  /** As `check`, for a call that anybody may send. */
  async checkWithinBudget(account: Account, address: string): Promise<CheckOutcome> {
    const now = this.clock.now();
    const isInBudget =
      this.ofNetworks.spend(address, now) && this.ofAccounts.spend(account.igUserId, now);
    return isInBudget ? this.check(account, {}) : { notChecked: 'too_many' };
  }

  /** Never throws an `InstagramError`: a failed check is an outcome. */
  async check(account: Account, known: KnownConnection): Promise<CheckOutcome> {
    const deadline = new Deadline(CHECK_DEADLINE_MS);
    try {
      const facts = known.facts ?? (await this.meta.inspect(account.userToken, deadline));
      const read = facts.isValid
        ? await codeOf(this.instagram.as(account, deadline).readAccount())
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
      return { check, facts };
    } catch (failure) {
      if (!(failure instanceof InstagramError)) throw failure;
      this.log.warn('admin.not_checked', { outcome: failure.code, ...failure.log });
      return { notChecked: failure.code };
    }
  }

  /**
   * Whether Meta counts comments and returns none: without Advanced Access, it leaves out the
   * comments of people who have no role in the Meta app.
   */
  private async hidesComments(account: Account, deadline: Deadline): Promise<boolean> {
    try {
      const { items } = await this.instagram.as(account, deadline).listMedia();
      const commented = items.filter(({ commentsCount = 0 }) => commentsCount > 0);
      const lists = await Promise.all(
        commented
          .slice(0, SAMPLE_POSTS)
          .map(({ id }) => this.instagram.as(account, deadline).listComments(id)),
      );
      return lists.length > 0 && lists.every((list) => list.items.length === 0);
    } catch (failure) {
      // A refusal is shown by the permissions.
      if (failure instanceof InstagramError) return false;
      throw failure;
    }
  }
}

async function codeOf(call: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await call;
    return undefined;
  } catch (failure) {
    if (failure instanceof InstagramError) return failure.code;
    throw failure;
  }
}
