import { toNetworks } from './client-address.js';

/** A site (IPv4 /24, IPv6 /48) may spend this many times what one of its networks may spend. */
export const SITE_FACTOR = 8;
/** Counts kept in each of the two tables: at about 200 bytes each, 2 MB a table. */
export const COUNTS_MAX = 10_000;
/** Counts that a full table keeps; the gap makes sorting rare. */
const COUNTS_KEPT = 9_000;
/** Bounds the memory of a key. Longer keys share a count. */
const KEY_CHARS_MAX = 128;

/**
 * Limits what one network, and one site, may start without authentication.
 *
 * Each process counts for itself (docs/decisions/own-budgets.md). Limits are exact while each table
 * has room for all its counts. A full table keeps the highest counts: removing one used-up budget
 * takes `COUNTS_KEPT` other used-up budgets in other networks. It forgets small counts earlier, so
 * a client that controls thousands of sites gets more than its limit. A full table never causes a
 * refusal.
 * A caller who may choose `scope` has a budget for each scope.
 */
export class Budget {
  private readonly networks = new CountTable();
  private readonly sites = new CountTable();

  /** A count starts with its first request and ends `windowMs` later. */
  constructor(
    private readonly times: number,
    private readonly windowMs: number,
  ) {}

  /**
   * Counts one request and reports whether it is within the limits. Refused requests are not
   * counted, so a network that goes on after its limit does not use up the limit of its site.
   *
   * @param now milliseconds since 1970.
   */
  spend(address: string, now: number, scope = ''): boolean {
    const { network, site } = toNetworks(address);
    const ofNetwork = this.networks.find(network, scope, now);
    const ofSite = this.sites.find(site, scope, now);
    if ((ofNetwork?.times ?? 0) >= this.times) return false;
    if ((ofSite?.times ?? 0) >= this.times * SITE_FACTOR) return false;
    const endsAt = now + this.windowMs;
    if (ofNetwork === undefined) this.networks.add({ holder: network, scope, endsAt }, now);
    else ofNetwork.times += 1;
    if (ofSite === undefined) this.sites.add({ holder: site, scope, endsAt }, now);
    else ofSite.times += 1;
    return true;
  }
}

interface Count {
  readonly holder: string;
  readonly endsAt: number;
  times: number;
}

/** Counts by holder (a network or a site) and scope. */
class CountTable {
  private readonly counts = new Map<string, Count>();

  find(holder: string, scope: string, now: number): Count | undefined {
    const count = this.counts.get(toKey(holder, scope));
    return count === undefined || count.endsAt <= now ? undefined : count;
  }

  add(
    { holder, scope, endsAt }: { holder: string; scope: string; endsAt: number },
    now: number,
  ): void {
    const key = toKey(holder, scope);
    this.counts.delete(key);
    if (this.counts.size >= COUNTS_MAX) this.makeRoom(now);
    this.counts.set(key, { holder, endsAt, times: 1 });
  }

  private makeRoom(now: number): void {
    for (const [key, { endsAt }] of this.counts) if (endsAt <= now) this.counts.delete(key);
    if (this.counts.size <= COUNTS_KEPT) return;
    for (const key of keysByWorth(this.counts).slice(COUNTS_KEPT)) this.counts.delete(key);
  }
}

/**
 * The keys, the most useful count first. Each holder's highest count comes before any holder's
 * second one: a client with many scopes pushes out its own counts. Ties go to the higher count,
 * then to the later end.
 */
function keysByWorth(counts: ReadonlyMap<string, Count>): string[] {
  const highestFirst = [...counts].sort(([, a], [, b]) => b.times - a.times || b.endsAt - a.endsAt);
  const seen = new Map<string, number>();
  const ranked = highestFirst.map(([key, { holder }]) => {
    const rank = seen.get(holder) ?? 0;
    seen.set(holder, rank + 1);
    return { key, rank };
  });
  // The sort is stable: counts of one rank keep their order.
  return ranked.sort((a, b) => a.rank - b.rank).map(({ key }) => key);
}

function toKey(holder: string, scope: string): string {
  return `${holder} ${scope}`.slice(0, KEY_CHARS_MAX);
}
