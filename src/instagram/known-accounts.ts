import { LRUCache } from 'lru-cache';
import type { InstagramAccount } from './graph-objects.js';

/** About 1 MB. */
const ACCOUNTS_MAX = 1000;
/** Names and pictures rarely change. */
const FRESH_MS = 3_600_000;

/** Caches the names and pictures of accounts, which each pull needs. */
export class KnownAccounts {
  private readonly accounts: LRUCache<string, InstagramAccount>;

  constructor(clock: { now(): number }) {
    this.accounts = new LRUCache({
      max: ACCOUNTS_MAX,
      ttl: FRESH_MS,
      // An expired report is still newer than the sealed name.
      noDeleteOnStaleGet: true,
      perf: { now: () => clock.now() },
    });
  }

  /** A report of the last hour. */
  findFresh(igUserId: string): InstagramAccount | undefined {
    return this.accounts.get(igUserId);
  }

  /** The last report of any age. */
  findLast(igUserId: string): InstagramAccount | undefined {
    return this.accounts.get(igUserId, { allowStale: true });
  }

  /** Stores a report. A report without a name keeps the last name. */
  store(igUserId: string, report: InstagramAccount): InstagramAccount {
    const account = { ...report, username: report.username ?? this.findLast(igUserId)?.username };
    this.accounts.set(igUserId, account);
    return account;
  }
}
