/** What Zendesk keeps of an account, in characters (Zendesk, "Metadata and state"; its own YouTube integration for the name). */
const LIMITS = { name: [1, 255], metadata: [1, 5000], state: [0, 5000] } as const;

/** What is wrong with what an integration's page posts in the end. */
export function faultsOfAccount(fields: URLSearchParams): string[] {
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
