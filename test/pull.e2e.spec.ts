import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import type { ExternalResource } from '../src/zendesk/external-resource.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { type Answer, form, FORM, TestService } from './support/service.js';

const MIRA = '17841400000000002';

describe('POST /pull', () => {
  let instagram: RunningInstagram;
  let service: TestService;
  beforeAll(async () => {
    instagram = await startInstagram();
    service = await TestService.start({
      INSTAGRAM_GRAPH_URL: instagram.url,
      PULL_BUDGET_MS: '2000',
    });
  });
  afterAll(async () => {
    await service.stop();
    await instagram.stop();
  });

  const pull = (state = '', metadata = service.metadata): Promise<Answer> =>
    service.post('/pull', form({ metadata, state }), FORM);
  const resourcesOf = ({ json }: Answer): ExternalResource[] =>
    json.external_resources as ExternalResource[];

  it('hands out the photo, then its comments, then what is new', async () => {
    const first = await pull();
    expect(first.status).toBe(200);
    const again = await pull(String(first.json.state));
    expect(resourcesOf(again)).toEqual([]);
    const { id } = instagram.world.addComment({
      mediaId: OMNIWEAR.photoId,
      authorId: MIRA,
      text: 'And in blue?',
    });
    const third = await pull(String(again.json.state));
    expect(resourcesOf(third).map((each) => each.external_id)).toEqual([
      `comment:${OMNIWEAR.photoId}:${id}`,
    ]);
  });
});
