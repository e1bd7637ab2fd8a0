import type { Media } from '../../world.js';
import type { GraphApi } from '../graph-api.js';
import type { GraphCall } from '../graph-call.js';
import { toMediaFields } from '../graph-objects.js';
import { selectFields, toPage } from '../graph-page.js';

/** A story is available for a day (Meta, "IG User", stories). */
const STORY_MS = 86_400_000;

/** `/{ig-user-id}/media` and `/stories`. */
export function registerMediaEdges(graph: GraphApi): void {
  const { world } = graph.state;

  const showPage = (media: Media[], call: GraphCall): object =>
    toPage(media, call, (each) => selectFields(toMediaFields(each, world), call, ['id']));
  const listOwnMedia = (call: GraphCall): Media[] => {
    const user = call.actingUser('instagram_basic');
    return [...world.media.values()].filter(({ ownerId }) => ownerId === user.id);
  };

  graph.get('/:version/:id/media', (call) => {
    const posts = listOwnMedia(call)
      .filter(({ productType }) => productType !== 'STORY')
      .sort((a, b) => b.timestamp - a.timestamp);
    return showPage(posts, call);
  });
  graph.get('/:version/:id/stories', (call) => {
    const from = world.clock.now() - STORY_MS;
    const stories = listOwnMedia(call).filter(
      ({ productType, timestamp }) => productType === 'STORY' && timestamp > from,
    );
    return showPage(stories, call);
  });
}
