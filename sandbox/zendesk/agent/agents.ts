/** The agents of this Zendesk. */
export const AGENTS = [
  { id: 1, name: 'Ada', locale: 'en-US' },
  { id: 2, name: 'Ben', locale: 'en-US' },
] as const;

export interface Agent {
  readonly id: number;
  readonly name: string;
  readonly locale: string;
}

/** Reads the agent from a page's address: `?agent=2`, and `&locale=ar` for another language. */
export function readAgent(query: Record<string, string | undefined>): Agent {
  const agent = AGENTS.find(({ id }) => String(id) === query.agent) ?? AGENTS[0];
  return { ...agent, locale: query.locale ?? agent.locale };
}
