/**
 * Minimum and maximum length of an account's fields (Zendesk, "Metadata and state"; the limit of
 * `name` is from Zendesk's own YouTube integration).
 */
const LIMITS = { name: [1, 255], metadata: [1, 5000], state: [0, 5000] } as const;

/** Checks the account that an integration's page posts. Returns a sentence for each problem. */
export function checkAccount(fields: URLSearchParams): string[] {
  const limits = Object.entries(LIMITS).flatMap(([name, [min, max]]) => {
    const values = fields.getAll(name);
    if (values.length > 1) return [`${name} is posted more than once`];
    const { length } = values[0] ?? '';
    return length >= min && length <= max
      ? []
      : [`${name} has ${String(length)} characters, not ${String(min)} to ${String(max)}`];
  });
  const unknown = [...fields.keys()].filter((name) => !(name in LIMITS));
  return [...limits, ...unknown.map((name) => `${name} is not a field of an account`)];
}
