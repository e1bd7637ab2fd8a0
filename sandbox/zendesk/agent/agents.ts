/** The people who work at this Zendesk. */
export const AGENTS = [
  { id: 1, name: 'Ada', locale: 'en-US' },
  { id: 2, name: 'Ben', locale: 'en-US' },
] as const;

/** An agent, as a page's address names one: `?agent=2`, and `&locale=ar` for another language. */
export interface Agent {
  readonly id: number;
  readonly name: string;
  readonly locale: string;
}

export function agentOf(query: Record<string, string | undefined>): Agent {
  const agent = AGENTS.find(({ id }) => String(id) === query.agent) ?? AGENTS[0];
  return { ...agent, locale: query.locale ?? agent.locale };
}
