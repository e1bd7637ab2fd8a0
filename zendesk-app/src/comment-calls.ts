import { Failure } from './failure.js';
import type { CommentCalls } from './moderation.js';
import type { ServiceClient } from './service-client.js';
import { toThread } from './thread.js';

/** The longest wait for the state after a lost answer. The agent has already waited for that. */
const READ_MAX_MS = 5_000;

/** Acts on comments through the service (docs/protocol.md, `/comment/…`). */
export function buildCommentCalls(service: ServiceClient): CommentCalls {
  return {
    setHidden: async (commentId, hidden) => {
      await service.call('/comment/hide', { comment_id: commentId, hidden });
    },
    delete: async (commentId) => {
      await service.call('/comment/delete', { comment_id: commentId });
    },
    replyPrivately: async (commentId, message) => {
      await service.call('/comment/private-reply', { comment_id: commentId, message });
    },
    readHidden: async (commentId) => {
      try {
        const answer = await service.call('/media', { comment_id: commentId }, READ_MAX_MS);
        const comments = toThread(answer)?.comments ?? [];
        const found = comments.find(({ target }) => target.id === commentId);
        // The list of a long thread, or a refused one, proves nothing about the comment.
        if (found === undefined) throw new Failure('', { effect: 'none' });
        return found.isHidden;
      } catch (error) {
        const isGone = error instanceof Failure && error.details.code === 'target_unavailable';
        if (!isGone) throw error;
        return undefined;
      }
    },
  };
}
