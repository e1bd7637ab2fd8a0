/** Limits of parsed JSON. */
export interface ShapeLimits {
  /** Levels of nested objects and lists. */
  readonly depth: number;
  /** Fields of one object, or entries of one list. */
  readonly width: number;
  /** Values in total; unlimited by default. */
  readonly values?: number;
}

/**
 * The first limit that the JSON exceeds, or undefined. Deeper JSON could exhaust the stack of
 * recursive code, and wider JSON takes too long to check. This function walks level by level.
 */
export function findExcess(
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
 * Whether a text or a field name in parsed JSON has half of a surrogate pair. UTF-8 cannot encode
 * such a text, so the service would store or send another one.
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
