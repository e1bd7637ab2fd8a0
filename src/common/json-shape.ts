/** What parsed JSON may hold at most. */
export interface ShapeLimits {
  /** Levels of objects and lists in each other. */
  readonly depth: number;
  /** Fields of one object, or entries of one list. */
  readonly width: number;
  /** Values altogether; without a bound where it is left out. */
  readonly values?: number;
}

/**
 * What exceeds the limits, or undefined: too deep to walk by recursion, too wide to check in a moment, or too much. Walks level by
 * level, so no depth can exhaust the stack.
 */
export function excessOf(
  json: object,
  { depth, width, values = Infinity }: ShapeLimits,
): keyof ShapeLimits | undefined {
  let level: object[] = [json];
  let count = 0;
  for (let depthSoFar = 1; level.length > 0; depthSoFar += 1) {
    if (depthSoFar > depth) return 'depth';
    if (level.some((value) => Object.keys(value).length > width)) return 'width';
    const below = level.flatMap((value) => Object.values(value) as unknown[]);
    count += below.length;
    if (count > values) return 'values';
    level = below.filter((value) => typeof value === 'object' && value !== null);
  }
  return undefined;
}

/**
 * Whether a text or a field name in parsed JSON has half of a surrogate pair. Such a text cannot be
 * encoded as UTF-8, so that what is sent on or stored would be another text.
 */
export function hasIllFormedText(json: object): boolean {
  const waiting: object[] = [json];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [name, value] of Object.entries(next) as [string, unknown][]) {
      if (!name.isWellFormed()) return true;
      if (typeof value === 'string' && !value.isWellFormed()) return true;
      if (typeof value === 'object' && value !== null) waiting.push(value);
    }
  }
  return false;
}
