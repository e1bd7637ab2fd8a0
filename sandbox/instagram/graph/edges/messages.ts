import type { GraphApi } from '../graph-api.js';
import { badParameter, GraphError, noSuchObject } from '../graph-error.js';

/** A comment can be replied to in private for seven days (Meta, "Private replies"). */
const PRIVATE_REPLY_MS = 7 * 86_400_000;

/** `/{page-id}/messages`: private replies to a comment. */
export function registerMessageEdges(graph: GraphApi): void {
  const { world } = graph.state;

  graph.post('/:version/:id/messages', (call) => {
    const token = call.tokenWith('instagram_manage_comments');
    const owner = world.findUserByPage(call.nodeId);
    // With Facebook Login, the edge does not exist under the Instagram account's own id.
    if (owner === undefined || token.type !== 'PAGE' || !token.igUserIds.includes(owner.id)) {
      const message = '(#3) Application does not have the capability to make this API call.';
      throw new GraphError(3, message);
    }
    const { comment_id: commentId } = call.object('recipient');
    const { text } = call.object('message');
    if (typeof text !== 'string' || text === '') throw badParameter('Message cannot be empty');
    const comment = call.comment(String(commentId));
    if (call.media(comment.mediaId).ownerId !== owner.id) throw noSuchObject(comment.id);
    // Meta does not document these two errors; its older edge for private replies sent them.
    if (world.privateReplies.has(comment.id)) {
      throw new GraphError(10_900, '(#10900) Activity already replied to');
    }
    if (world.clock.now() - comment.timestamp > PRIVATE_REPLY_MS) {
      throw new GraphError(10_901, '(#10901) Activity is too old to reply to');
    }
    world.privateReplies.set(comment.id, text);
    return { recipient_id: comment.authorId, message_id: `m_${comment.id}` };
  });
}
