import type { GraphApi } from '../graph-api.js';
import {
  DEFAULT_COMMENT_FIELDS,
  toCommentFields,
  toMediaFields,
  toPageFields,
  toUserFields,
} from '../graph-objects.js';
import { selectFields } from '../graph-page.js';

const MANAGE_COMMENTS = 'instagram_manage_comments';

/** `/{id}`: reads, changes or deletes an account, a Page, a post or a comment. */
export function registerNodeRoutes(graph: GraphApi): void {
  const { world, facebook } = graph.state;

  graph.get('/:version/:id', (call) => {
    const id = call.nodeId;
    const token = call.tokenWith('instagram_basic');
    const user = world.users.get(id);
    if (user !== undefined && token.igUserIds.includes(id)) {
      return selectFields(toUserFields(user), call, ['id']);
    }
    const comment = world.comment(id);
    if (comment !== undefined) {
      call.ownMedia(comment.mediaId, MANAGE_COMMENTS);
      return selectFields(toCommentFields(comment, world), call, DEFAULT_COMMENT_FIELDS);
    }
    const owner = world.findUserByPage(id);
    if (owner !== undefined && token.igUserIds.includes(owner.id)) {
      const page = { id, name: owner.name, igUserId: owner.id };
      const fields = toPageFields(page, facebook.issuePageToken(page, token), world);
      return selectFields(fields, call, ['name']);
    }
    return selectFields(toMediaFields(call.ownMedia(id), world), call, ['id']);
  });

  graph.post('/:version/:id', (call) => {
    const comment = world.comment(call.nodeId);
    const media = call.ownMedia(comment?.mediaId ?? call.nodeId, MANAGE_COMMENTS);
    if (comment === undefined) {
      media.commentsEnabled = call.required('comment_enabled') === 'true';
    } else {
      // The owner's own comments always stay visible.
      comment.hidden =
        call.requiredInQuery('hide') === 'true' && comment.authorId !== media.ownerId;
    }
    return { success: true };
  });

  graph.delete('/:version/:id', (call) => {
    const id = call.nodeId;
    if (world.media.has(id)) {
      call.ownMedia(id, 'instagram_manage_contents');
      world.media.delete(id);
    } else {
      call.ownMedia(call.comment(id).mediaId, MANAGE_COMMENTS);
      world.deleteComment(id);
    }
    return { success: true };
  });
}
