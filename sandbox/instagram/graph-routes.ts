import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { beforeActing, beforeAnswering, type Faults } from './faults.js';
import { GraphCall } from './graph-call.js';
import { badParameter, badToken, GraphError, noSuchObject } from './graph-error.js';
import { commentFields, mediaFields, pageOf, pick, userFields } from './graph-objects.js';
import { SANDBOX_APP } from './omniwear.js';
import type { Facebook } from './login/facebook.js';
import type { Comment, Media, World } from './world.js';

/**
 * What Meta does not document and a service has to stand either way: which error a locked-out account gets, and what its log-in's window
 * does. Can be changed over the control endpoint.
 */
export interface UndocumentedChoices {
  lockOut: { code: number; subcode?: number };
  /** Whether the log-in's window loses the page that opened it. */
  loginSeversOpener?: boolean;
}

/** A story is there for a day (Meta, "IG User", stories). */
const STORY_MS = 86_400_000;
/** A comment may be replied to in private for seven days (Meta, "Private replies"). */
const PRIVATE_REPLY_MS = 7 * 86_400_000;

type Params = Readonly<Record<string, string>>;
type Act = (call: GraphCall, params: Params) => object;

/** The edges of the Graph API that concern likes, media and comments (Meta, "Instagram Platform", reference). */
export function graphRoutes(
  app: FastifyInstance,
  world: World,
  faults: Faults,
  undocumented: UndocumentedChoices,
  facebook: Facebook,
): void {
  // Parameters come in the query, as JSON or as a form.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  app.setErrorHandler((error, _request, reply) => {
    const known = error instanceof GraphError ? error : badParameter('The request cannot be read');
    const traceId = `A${randomBytes(16).toString('base64url').slice(0, 22)}`;
    return reply
      .status(known.status)
      .headers({ ...usageHeaders(), ...reply.getHeaders() })
      .send(known.body(traceId));
  });

  const edge = (act: Act) => async (request: FastifyRequest, reply: FastifyReply) => {
    const [path = ''] = request.url.split('?');
    const fault = faults.take(request.method, path, request.query as object);
    if (fault !== undefined && !(await beforeActing(fault, request, reply))) return reply;
    const answer = act(new GraphCall(request, world), request.params as Params);
    if (fault !== undefined && !beforeAnswering(fault, reply)) return reply;
    return reply.headers(usageHeaders()).send(answer);
  };

  const mediaOf = (id: string): Media => {
    const media = world.media.get(id);
    if (media === undefined) throw noSuchObject(id);
    return media;
  };
  const commentOf = (id: string): Comment => {
    const comment = world.comment(id);
    if (comment === undefined) throw noSuchObject(id);
    return comment;
  };
  /** The media, for the account that owns it and may be asked about it. */
  const ownMedia = (call: GraphCall, id: string, ...scopes: string[]): Media => {
    const token = call.tokenWith(...scopes);
    const media = mediaOf(id);
    if (!token.igUserIds.includes(media.ownerId)) throw noSuchObject(id);
    return media;
  };
  const setLike = (liked: boolean): Act => {
    return (call, { id = '' }) => {
      const user = call.actingUser(id, 'instagram_basic', 'instagram_manage_engagement');
      if (world.countLikeCall(user.id) === 'locked_out') {
        const { code, subcode } = undocumented.lockOut;
        throw new GraphError(code, 'We restrict certain activity to protect our community.', {
          subcode,
        });
      }
      const [mediaId, commentId] = [call.parameter('media_id'), call.parameter('comment_id')];
      if ((mediaId === undefined) === (commentId === undefined)) {
        throw badParameter('Exactly one of media_id and comment_id must be given');
      }
      const comment = commentId === undefined ? undefined : commentOf(commentId);
      const media = mediaOf(comment?.mediaId ?? mediaId ?? '');
      const isPrivate = world.users.get(media.ownerId)?.isPrivate === true;
      if (media.productType === 'STORY' || (liked && isPrivate)) throw noSuchObject(media.id);
      world.setLike(user.id, comment?.id ?? media.id, liked);
      return { success: true };
    };
  };

  app.post('/:version/:id/likes', edge(setLike(true)));
  app.delete('/:version/:id/likes', edge(setLike(false)));

  app.get(
    '/:version/:id/media',
    edge((call, { id = '' }) => {
      const user = call.actingUser(id, 'instagram_basic');
      const media = [...world.media.values()]
        .filter(({ ownerId, productType }) => ownerId === user.id && productType !== 'STORY')
        .sort((a, b) => b.timestamp - a.timestamp);
      return pageOf(media, call, (each) => pick(mediaFields(each, world), call, ['id']));
    }),
  );
  app.get(
    '/:version/:id/stories',
    edge((call, { id = '' }) => {
      const user = call.actingUser(id, 'instagram_basic');
      const from = world.clock.now() - STORY_MS;
      const stories = [...world.media.values()].filter(
        ({ ownerId, productType, timestamp }) =>
          ownerId === user.id && productType === 'STORY' && timestamp > from,
      );
      return pageOf(stories, call, (each) => pick(mediaFields(each, world), call, ['id']));
    }),
  );
  app.get(
    '/:version/:id/comments',
    edge((call, { id = '' }) => {
      const media = ownMedia(call, id, 'instagram_manage_comments');
      const comments = world.commentsOn({ mediaId: media.id });
      return pageOf(comments, call, (each) =>
        pick(commentFields(each, world), call, ['id', 'text', 'timestamp']),
      );
    }),
  );
  app.post(
    '/:version/:id/comments',
    edge((call, { id = '' }) => {
      const media = ownMedia(call, id, 'instagram_manage_comments');
      if (!media.commentsEnabled) throw badParameter('Comments are switched off');
      return addComment(call, { mediaId: media.id, authorId: media.ownerId });
    }),
  );
  app.get(
    '/:version/:id/replies',
    edge((call, { id = '' }) => {
      ownMedia(call, commentOf(id).mediaId, 'instagram_manage_comments');
      return pageOf(world.commentsOn({ parentId: id }), call, (each) =>
        pick(commentFields(each, world), call, ['id', 'text', 'timestamp']),
      );
    }),
  );
  app.post(
    '/:version/:id/replies',
    edge((call, { id = '' }) => {
      const comment = commentOf(id);
      const media = ownMedia(call, comment.mediaId, 'instagram_manage_comments');
      return addComment(call, {
        mediaId: media.id,
        authorId: media.ownerId,
        parentId: comment.parentId ?? comment.id,
      });
    }),
  );
  const addComment = (
    call: GraphCall,
    place: { mediaId: string; authorId: string; parentId?: string },
  ): object => ({ id: world.addComment({ ...place, text: call.required('message') }).id });

  app.post(
    '/:version/:id/messages',
    edge((call, { id = '' }) => {
      const token = call.tokenWith('instagram_manage_comments');
      const page = [...world.users.values()].find(({ pageId }) => pageId === id);
      // Under the Instagram account's own id, the edge is not there with Facebook Login.
      if (page === undefined || token.type !== 'PAGE' || !token.igUserIds.includes(page.id)) {
        throw new GraphError(
          3,
          '(#3) Application does not have the capability to make this API call.',
        );
      }
      const { comment_id: commentId } = call.object('recipient');
      const { text } = call.object('message');
      if (typeof text !== 'string' || text === '') throw badParameter('Message cannot be empty');
      const comment = commentOf(String(commentId));
      if (mediaOf(comment.mediaId).ownerId !== page.id) throw noSuchObject(comment.id);
      // Meta does not document these two; they are what its older edge for private replies answered.
      if (world.privateReplies.has(comment.id)) {
        throw new GraphError(10_900, '(#10900) Activity already replied to');
      }
      if (world.clock.now() - comment.timestamp > PRIVATE_REPLY_MS) {
        throw new GraphError(10_901, '(#10901) Activity is too old to reply to');
      }
      world.privateReplies.set(comment.id, text);
      return { recipient_id: comment.authorId, message_id: `m_${comment.id}` };
    }),
  );

  const exchange: Act = (call) => facebook.exchange(call);
  app.get('/:version/oauth/access_token', edge(exchange));
  app.post('/:version/oauth/access_token', edge(exchange));
  app.get(
    '/:version/:id/accounts',
    edge((call, { id = '' }) => {
      const token = call.tokenWith('pages_show_list');
      if (token.type !== 'USER' || (id !== 'me' && id !== token.userId)) throw noSuchObject(id);
      return pageOf([...facebook.pagesOf(token)], call, (page) =>
        pick(
          {
            id: page.id,
            name: page.name,
            access_token: facebook.pageToken(page, token),
            instagram_business_account: linkedAccount(page.igUserId),
          },
          call,
          ['name', 'access_token'],
        ),
      );
    }),
  );
  const linkedAccount = (igUserId: string | undefined): object | undefined =>
    igUserId === undefined
      ? undefined
      : { id: igUserId, username: world.users.get(igUserId)?.username };

  app.get('/debug_token', edge(debugToken));
  app.get('/:version/debug_token', edge(debugToken));
  app.get(
    '/:version/me',
    edge((call) => pick({ id: call.token().userId, name: 'Omniwear Admin' }, call, ['name'])),
  );
  app.get(
    '/:version/:id',
    edge((call, { id = '' }) => {
      const token = call.tokenWith('instagram_basic');
      const user = world.users.get(id);
      if (user !== undefined && token.igUserIds.includes(id)) {
        return pick(userFields(user), call, ['id']);
      }
      const comment = world.comment(id);
      if (comment !== undefined) {
        ownMedia(call, comment.mediaId, 'instagram_manage_comments');
        return pick(commentFields(comment, world), call, ['id', 'text', 'timestamp']);
      }
      const page = [...world.users.values()].find(({ pageId }) => pageId === id);
      if (page !== undefined && token.igUserIds.includes(page.id)) {
        const fields = {
          id,
          name: page.name,
          access_token: facebook.pageToken({ id, name: page.name, igUserId: page.id }, token),
          instagram_business_account: linkedAccount(page.id),
        };
        return pick(fields, call, ['name']);
      }
      return pick(mediaFields(ownMedia(call, id), world), call, ['id']);
    }),
  );
  app.post(
    '/:version/:id',
    edge((call, { id = '' }) => {
      const comment = world.comment(id);
      if (comment === undefined) {
        const media = ownMedia(call, id, 'instagram_manage_comments');
        media.commentsEnabled = call.required('comment_enabled') === 'true';
      } else {
        const media = ownMedia(call, comment.mediaId, 'instagram_manage_comments');
        // The owner's own comments stay visible, whatever is asked.
        comment.hidden = call.required('hide') === 'true' && comment.authorId !== media.ownerId;
      }
      return { success: true };
    }),
  );
  app.delete(
    '/:version/:id',
    edge((call, { id = '' }) => {
      if (world.media.has(id)) {
        ownMedia(call, id, 'instagram_manage_contents');
        world.media.delete(id);
        return { success: true };
      }
      ownMedia(call, commentOf(id).mediaId, 'instagram_manage_comments');
      world.deleteComment(id);
      return { success: true };
    }),
  );

  function debugToken(call: GraphCall): object {
    const asked = call.required('input_token');
    // The app may ask about every token of its own, and a token about itself.
    const isApp = call.sentToken === `${SANDBOX_APP.id}|${SANDBOX_APP.secret}`;
    if (!isApp && call.sentToken !== asked) throw badToken();
    const token = world.tokens.get(asked);
    if (token?.product !== 'facebook_login') {
      return {
        data: { is_valid: false, error: { code: 190, message: 'Invalid token' }, scopes: [] },
      };
    }
    const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
    const expired = token.expiresAt !== 0 && token.expiresAt * 1000 <= world.clock.now();
    return {
      data: {
        app_id: SANDBOX_APP.id,
        type: token.type,
        is_valid: token.endedBy === undefined && !expired,
        scopes: token.scopes,
        granular_scopes: token.scopes.map((scope) => ({
          scope,
          target_ids: scope.startsWith('pages_')
            ? token.igUserIds.map((id) => world.users.get(id)?.pageId)
            : token.igUserIds,
        })),
        issued_at: seconds(token.issuedAt),
        expires_at: token.expiresAt,
        data_access_expires_at: seconds(token.dataAccessExpiresAt),
        user_id: token.userId,
        ...(token.profileId === undefined ? {} : { profile_id: token.profileId }),
      },
    };
  }
}

/** Meta sends its usage counters, in per cent, as JSON in headers. */
function usageHeaders(): Record<string, string> {
  const usage = { call_count: 1, total_cputime: 1, total_time: 1 };
  const business = { ...usage, type: 'instagram', estimated_time_to_regain_access: 0 };
  return {
    'x-app-usage': JSON.stringify(usage),
    'x-business-use-case-usage': JSON.stringify({ '17841405309211844': [business] }),
  };
}
