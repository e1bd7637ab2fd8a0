/** One entry of `fields`. For an edge, `limit` and `fields` apply to its entries. */
export interface WantedField {
  readonly name: string;
  readonly limit?: number;
  readonly fields?: readonly WantedField[];
}

/**
 * Parses the `fields` parameter, such as `id,text,replies.limit(50){id,text}`.
 * Undefined if it is malformed.
 */
export function parseFields(text: string): readonly WantedField[] | undefined {
  const fields: WantedField[] = [];
  for (const entry of splitOutsideBraces(text)) {
    const [, name, limit, inner] =
      /^([a-z_]+)(?:\.limit\((\d+)\))?(?:\{(.*)\})?$/s.exec(entry) ?? [];
    if (name === undefined) return undefined;
    const nested = inner === undefined ? undefined : parseFields(inner);
    if (inner !== undefined && nested === undefined) return undefined;
    fields.push({
      name,
      ...(limit === undefined ? {} : { limit: Number(limit) }),
      ...(nested === undefined ? {} : { fields: nested }),
    });
  }
  return fields;
}

function splitOutsideBraces(text: string): string[] {
  const entries: string[] = [];
  let depth = 0;
  let entry = '';
  for (const character of text) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === ',' && depth === 0) {
      entries.push(entry.trim());
      entry = '';
    } else {
      entry += character;
    }
  }
  return [...entries, entry.trim()];
}
