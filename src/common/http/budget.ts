import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

/**
 * Addresses that are counted at once; the one seen longest ago goes first. At about 100 bytes each
 * they take 1 MB.
 */
const ADDRESSES_MAX = 10_000;
/** Of an IPv6 address, the groups that one network has to itself (RFC 6177): /64. */
const NETWORK_GROUPS = 4;

/**
 * How often one address may have something done that nobody signs for. Kept by each process for
 * itself.
 */
export class Budget {
  private readonly spent: LRUCache<string, { times: number; readonly since: number }>;

  /** @param windowMs after its first time, an address begins anew. Milliseconds. */
  constructor(
    private readonly times: number,
    private readonly windowMs: number,
  ) {
    this.spent = new LRUCache({ max: ADDRESSES_MAX });
  }

  /**
   * Whether the address may once more.
   *
   * @param now milliseconds since 1970.
   */
  spend(address: string, now: number, scope = ''): boolean {
    const network = `${networkOf(address)} ${scope}`;
    const known = this.spent.get(network);
    const isOver = known === undefined || now - known.since >= this.windowMs;
    const entry = isOver ? { times: 0, since: now } : known;
    if (isOver) this.spent.set(network, entry);
    entry.times += 1;
    return entry.times <= this.times;
  }
}

function networkOf(address: string): string {
  // An IPv4 address in IPv6's form is one machine's.
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const left = tail === undefined ? 0 : 8 - groups.length - after.length;
  const all = [...groups, ...Array<string>(left).fill('0'), ...after];
  return all.slice(0, NETWORK_GROUPS).join(':').toLowerCase();
}
