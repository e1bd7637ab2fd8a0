import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Deadline } from '../common/deadline.js';
import type { InstagramActor } from '../domain/account.js';
import { type Capability, findRefusal } from '../domain/capabilities.js';
import { GraphApi } from './graph-api.js';
import type { Purpose } from './graph-call.js';
import { InstagramError } from './instagram-error.js';
import { InstagramSession } from './instagram-session.js';
import { KnownAccounts } from './known-accounts.js';
import { ListReader } from './list-reader.js';

/** Acts on Instagram through Meta's Graph API, as one account at a time. */
@Injectable()
export class InstagramClient {
  private readonly knownAccounts: KnownAccounts;
  private readonly lists: ListReader;

  constructor(
    private readonly graph: GraphApi,
    private readonly clock: Clock,
  ) {
    this.knownAccounts = new KnownAccounts(clock);
    this.lists = new ListReader(graph, clock);
  }

  /**
   * Calls as this account, which all end by the deadline.
   *
   * @param purpose who waits for the calls.
   */
  as(account: InstagramActor, deadline: Deadline, purpose: Purpose = 'agent'): InstagramSession {
    const { graph, lists, knownAccounts } = this;
    return new InstagramSession(account, deadline, purpose, { graph, lists, knownAccounts });
  }

  /**
   * Rejects a call that is known to fail, before anything is sent or recorded.
   *
   * @throws {InstagramError} the code of the account's `Refusal`.
   */
  assertCan(capability: Capability, account: InstagramActor): void {
    const refusal = findRefusal(capability, account, this.clock.now());
    if (refusal === undefined) return;
    const { code, message, ...options } = refusal;
    throw new InstagramError(code, message, { ...options, effect: 'none' });
  }
}
