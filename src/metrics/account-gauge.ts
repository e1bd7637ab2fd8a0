import { LRUCache } from 'lru-cache';
import type { Gauge } from 'prom-client';
import { hash } from '../common/hash.js';
import { WHOLE_APP } from '../gate/hold.js';

/** Accounts with a value: a few hundred bytes each, and a line of each scrape. */
const ACCOUNTS_MAX = 1000;
/** Enough to tell a thousand accounts apart. */
const LABEL_CHARS = 12;

/** A value for each account. The account that was set least recently is dropped first. */
export class AccountGauge {
  private readonly accounts: LRUCache<string, true>;

  constructor(private readonly gauge: Gauge<'account'>) {
    this.accounts = new LRUCache({
      max: ACCOUNTS_MAX,
      dispose: (_value, account, reason) => {
        if (reason === 'evict') gauge.remove({ account });
      },
    });
  }

  set(igUserId: string, value: number): void {
    const account = toLabel(igUserId);
    this.accounts.set(account, true);
    this.gauge.set({ account }, value);
  }

  remove(igUserId: string): void {
    const account = toLabel(igUserId);
    this.accounts.delete(account);
    this.gauge.remove({ account });
  }
}

/** A hash in place of an account's id. */
export function toLabel(igUserId: string): string {
  return igUserId === WHOLE_APP ? igUserId : hash(igUserId).slice(0, LABEL_CHARS);
}
