import type { EdgeHandler, GraphApi } from '../graph-api.js';
import { badParameter, GraphError, noSuchObject } from '../graph-error.js';

/** `/{ig-user-id}/likes` (Meta, "User Likes"). */
export function registerLikeEdges(graph: GraphApi): void {
  const { world, undocumented } = graph.state;

  const setLike =
    (liked: boolean): EdgeHandler =>
    (call) => {
      const user = call.actingUser('instagram_basic', 'instagram_manage_engagement');
      if (world.countLikeCall(user.id) === 'locked_out') {
        const { code, subcode } = undocumented.lockOut;
        const message = 'We restrict certain activity to protect our community.';
        throw new GraphError(code, message, { subcode });
      }
      const [mediaId, commentId] = [call.parameter('media_id'), call.parameter('comment_id')];
      if ((mediaId === undefined) === (commentId === undefined)) {
        throw badParameter('Exactly one of media_id and comment_id must be given');
      }
      const comment = commentId === undefined ? undefined : call.comment(commentId);
      const media = call.media(comment?.mediaId ?? mediaId ?? '');
      const isPrivate = world.users.get(media.ownerId)?.isPrivate === true;
      if (media.productType === 'STORY' || (liked && isPrivate)) throw noSuchObject(media.id);
      world.setLike(user.id, comment?.id ?? media.id, liked);
      return { success: true };
    };

  graph.post('/:version/:id/likes', setLike(true));
  graph.delete('/:version/:id/likes', setLike(false));
}
