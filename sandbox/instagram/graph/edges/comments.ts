import type { Comment } from '../../world.js';
import type { GraphApi } from '../graph-api.js';
import type { GraphCall } from '../graph-call.js';
import { badParameter } from '../graph-error.js';
import { DEFAULT_COMMENT_FIELDS, toCommentFields } from '../graph-objects.js';
import { selectFields, toPage } from '../graph-page.js';

const PERMISSION = 'instagram_manage_comments';

/** `/{ig-media-id}/comments` and `/{ig-comment-id}/replies`. */
export function registerCommentEdges(graph: GraphApi): void {
  const { world } = graph.state;

  const showPage = (comments: Comment[], call: GraphCall): object =>
    toPage(comments, call, (each) =>
      selectFields(toCommentFields(each, world), call, DEFAULT_COMMENT_FIELDS),
    );
  const addComment = (
    call: GraphCall,
    place: { mediaId: string; authorId: string; parentId?: string },
  ): object => ({ id: world.addComment({ ...place, text: call.required('message') }).id });

  graph.get('/:version/:id/comments', (call) => {
    const media = call.ownMedia(call.nodeId, PERMISSION);
    return showPage(world.commentsOn({ mediaId: media.id }), call);
  });
  graph.post('/:version/:id/comments', (call) => {
    const media = call.ownMedia(call.nodeId, PERMISSION);
    if (!media.commentsEnabled) throw badParameter('Comments are switched off');
    return addComment(call, { mediaId: media.id, authorId: media.ownerId });
  });
  graph.get('/:version/:id/replies', (call) => {
    const comment = call.comment(call.nodeId);
    call.ownMedia(comment.mediaId, PERMISSION);
    return showPage(world.commentsOn({ parentId: comment.id }), call);
  });
  graph.post('/:version/:id/replies', (call) => {
    const comment = call.comment(call.nodeId);
    const media = call.ownMedia(comment.mediaId, PERMISSION);
    const parentId = comment.parentId ?? comment.id;
    return addComment(call, { mediaId: media.id, authorId: media.ownerId, parentId });
  });
}
