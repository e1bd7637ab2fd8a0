import { LRUCache as Cache } from 'lru-cache';

/**
 * `LRUCache` without memory for its entries at the start, which takes milliseconds. Each start of a
 * replica creates several, and production starts once.
 */
export class LRUCache extends Cache<string, object> {
  constructor(options: Cache.Options<string, object, unknown>) {
    const { max, ...others } = options;
    const bound = { ...others, maxSize: max, sizeCalculation: () => 1 };
    super(max === undefined ? options : (bound as Cache.Options<string, object, unknown>));
  }
}
