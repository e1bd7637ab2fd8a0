import { expect } from '@jest/globals';
import { checkPullAnswer } from '../../sandbox/zendesk/rules.js';
import type { ExternalResource } from '../../src/zendesk/external-resource.js';
import { type Answer, form, type TestService } from './service.js';

export interface Pulled extends Answer {
  /** The resources that were handed out; none when the pull failed. */
  readonly resources: ExternalResource[];
  /** Their external ids. */
  readonly ids: string[];
  /** The state that Zendesk holds after this pull. */
  readonly state: string;
}

/** Pulls as Zendesk does. A successful answer must keep Zendesk's rules. */
export async function pull(
  service: TestService,
  state = '',
  metadata = service.metadata,
): Promise<Pulled> {
  const answer = await service.post('/pull', form({ metadata, state }));
  if (answer.status === 200) expect(checkPullAnswer(answer.json)).toEqual([]);
  const { external_resources = [], state: newState } = answer.json;
  const resources = external_resources as ExternalResource[];
  return {
    ...answer,
    resources,
    ids: resources.map(({ external_id: id }) => id),
    state: typeof newState === 'string' ? newState : state,
  };
}
