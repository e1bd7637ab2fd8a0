import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import type { World } from '../../sandbox/instagram/world.js';

const MIRA = '17841400000000002';
const HOUR_MS = 3_600_000;

/** Adds posts with comments to Omniwear's account. Returns the ids of the posts. */
export function addPosts(world: World, posts: number, commentsOnEach: number): string[] {
  return Array.from({ length: posts }, (_, index) => {
    const id = String(17_800_000_000_000_000n + BigInt(index));
    world.media.set(id, {
      id,
      ownerId: OMNIWEAR.igUserId,
      mediaType: 'IMAGE',
      productType: 'FEED',
      caption: `Post ${String(index)}`,
      shortcode: `P${String(index)}`,
      timestamp: world.clock.now() - 3 * 24 * HOUR_MS - index,
      commentsEnabled: true,
      otherLikes: 0,
    });
    for (let count = 0; count < commentsOnEach; count += 1) {
      world.addComment({ mediaId: id, authorId: MIRA, text: `Comment ${String(count)}` });
    }
    return id;
  });
}
