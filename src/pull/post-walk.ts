import type { Media, Page } from '../instagram/graph-objects.js';
import { InstagramError } from '../instagram/instagram-error.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import { PageWalk } from '../instagram/page-walk.js';
import type { Position } from './pull-state.js';

/** A step of a walk over posts. A later walk from `position` repeats nothing before it. */
export type PostStep =
  /** A call to Instagram follows. */
  | { readonly kind: 'call' }
  /** The cursor of an earlier walk has expired: the list starts again. */
  | { readonly kind: 'restarted' }
  | { readonly kind: 'post'; readonly media: Media; readonly position: Position }
  | { readonly kind: 'page_finished'; readonly position: Position };

/** Walks over the account's posts, newest first. It knows the order and the cursors only. */
export async function* walkPosts(
  instagram: Pick<InstagramSession, 'listMedia'>,
  from: Position,
): AsyncGenerator<PostStep> {
  let walk = new PageWalk(from.mediaAfter);
  let resume = from;
  let hasRestarted = false;
  for (;;) {
    yield { kind: 'call' };
    let page: Page<Media>;
    try {
      page = await instagram.listMedia(walk.cursor);
    } catch (error) {
      if (walk.cursor === undefined || hasRestarted || !isExpiredCursor(error)) throw error;
      hasRestarted = true;
      walk = new PageWalk();
      resume = {};
      yield { kind: 'restarted' };
      continue;
    }
    const { mediaId } = resume;
    const resumeAt = page.items.findIndex(({ id }) => id === mediaId);
    for (const [index, media] of page.items.entries()) {
      if (index < resumeAt) continue;
      const start = { mediaAfter: walk.bookmark, mediaId: media.id };
      yield { kind: 'post', media, position: index === resumeAt ? resume : start };
    }
    resume = {};
    if (!walk.advance(page)) return;
    yield { kind: 'page_finished', position: { mediaAfter: walk.bookmark } };
  }
}

function isExpiredCursor(error: unknown): boolean {
  return error instanceof InstagramError && error.code === 'target_unavailable';
}
