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

/** A field's name that every object inherits, if one is there: class-transformer would drop it in silence. For JSON of a known depth. */
export function inheritedNameIn(json: object): string | undefined {
  for (const [name, value] of Object.entries(json) as [string, unknown][]) {
    if (name in Object.prototype) return name;
    const deeper = typeof value === 'object' && value !== null ? inheritedNameIn(value) : undefined;
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}
