/**
 * The limit of an `LRUCache` that is seldom full. Like `max`, but the cache takes no memory for its
 * entries until they are written.
 *
 * @param entries how many the cache keeps.
 */
export function atMost(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
