import { toNetworks } from './client-address.js';

/** A site (IPv4 /24, IPv6 /48) may spend this many times what one of its networks may spend. */
export const SITE_FACTOR = 8;
/** Counts kept in each of the two tables: at about 200 bytes each, 2 MB a table. */
export const COUNTS_MAX = 10_000;
/** Counts that a full table keeps; the gap makes sorting rare. */
const COUNTS_KEPT = 9_000;

/** One of the two limits of an address: its network's or its site's. */
export interface BudgetLimit {
  readonly scope: 'network' | 'site';
  readonly holder: string;
  /** Calls in one window. */
  readonly max: number;
}

/**
 * Limits what one network, and one site, may start without authentication, in this process.
 * `SharedBudget` counts for all processes (docs/decisions/shared-budgets.md).
 *
 * Limits are exact while each table has room for all its counts. A full table keeps the highest
 * counts: removing one used-up budget takes `COUNTS_KEPT` other used-up budgets in other networks.
 * It forgets small counts earlier, so a client that controls thousands of sites gets more than its
 * limit. A full table never causes a refusal.
 */
export class Budget {
  private readonly counts = { network: new CountTable(), site: new CountTable() };

  /** A count starts with its first call and ends `windowMs` later. */
  constructor(
    private readonly times: number,
    readonly windowMs: number,
  ) {}

  /**
   * Counts the calls that are within the limits, and returns how many they are. Refused calls are
   * not counted, so a network that goes on after its limit does not use up the limit of its site.
   *
   * @param address an IP address, or another short text that is its own network and site.
   * @param now milliseconds since 1970.
   */
  spend(address: string, now: number, calls = 1): number {
    const limits = this.findLimits(address);
    const rooms = limits.map(({ scope, holder, max }) => {
      return max - this.counts[scope].read(holder, now);
    });
    const fitting = Math.max(0, Math.min(calls, ...rooms));
    if (fitting === 0) return 0;
    for (const { scope, holder } of limits) {
      this.counts[scope].add(holder, fitting, { now, endsAt: now + this.windowMs });
    }
    return fitting;
  }

  /** Refuses further calls under this limit until its window ends. */
  useUp({ scope, holder, max }: BudgetLimit, window: Window): void {
    this.counts[scope].set(holder, max, window);
  }

  findLimits(address: string): readonly BudgetLimit[] {
    const { network, site } = toNetworks(address);
    return [
      { scope: 'network', holder: network, max: this.times },
      { scope: 'site', holder: site, max: this.times * SITE_FACTOR },
    ];
  }
}

/** Milliseconds since 1970. */
interface Window {
  readonly now: number;
  readonly endsAt: number;
}

interface Count {
  readonly endsAt: number;
  times: number;
}

/** Counts by holder. */
class CountTable {
  private readonly counts = new Map<string, Count>();

  read(holder: string, now: number): number {
    return this.find(holder, now)?.times ?? 0;
  }

  /** @param window of a new count. */
  add(holder: string, times: number, window: Window): void {
    const count = this.find(holder, window.now);
    if (count === undefined) this.set(holder, times, window);
    else count.times += times;
  }

  set(holder: string, times: number, { now, endsAt }: Window): void {
    this.counts.delete(holder);
    if (this.counts.size >= COUNTS_MAX) this.makeRoom(now);
    this.counts.set(holder, { endsAt, times });
  }

  private find(holder: string, now: number): Count | undefined {
    const count = this.counts.get(holder);
    return count === undefined || count.endsAt <= now ? undefined : count;
  }

  /** Removes ended counts, then the lowest ones, of which those that end first. */
  private makeRoom(now: number): void {
    for (const [holder, { endsAt }] of this.counts) if (endsAt <= now) this.counts.delete(holder);
    if (this.counts.size <= COUNTS_KEPT) return;
    const highestFirst = [...this.counts].sort(
      ([, a], [, b]) => b.times - a.times || b.endsAt - a.endsAt,
    );
    for (const [holder] of highestFirst.slice(COUNTS_KEPT)) this.counts.delete(holder);
  }
}
