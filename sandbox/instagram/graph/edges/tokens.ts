import { SANDBOX_APP } from '../../omniwear.js';
import type { AccessToken, World } from '../../world.js';
import type { EdgeHandler, GraphApi } from '../graph-api.js';
import { badToken } from '../graph-error.js';

const INVALID_TOKEN = {
  data: { is_valid: false, error: { code: 190, message: 'Invalid token' }, scopes: [] },
};

/** `/oauth/access_token` issues tokens, `/debug_token` describes them. */
export function registerTokenEdges(graph: GraphApi): void {
  const { world, facebook } = graph.state;

  const exchange: EdgeHandler = (call) => facebook.exchange(call);
  graph.get('/:version/oauth/access_token', exchange);
  graph.post('/:version/oauth/access_token', exchange);

  const debugToken: EdgeHandler = (call) => {
    const inspected = call.required('input_token');
    // The app may ask about each of its tokens, and a token about itself.
    const isApp = call.sentToken === `${SANDBOX_APP.id}|${SANDBOX_APP.secret}`;
    if (!isApp && call.sentToken !== inspected) throw badToken();
    const token = world.tokens.get(inspected);
    return token?.product === 'facebook_login' ? describeToken(token, world) : INVALID_TOKEN;
  };
  graph.get('/debug_token', debugToken);
  graph.get('/:version/debug_token', debugToken);
}

function describeToken(token: AccessToken, world: World): object {
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
      issued_at: toSeconds(token.issuedAt),
      expires_at: token.expiresAt,
      data_access_expires_at: toSeconds(token.dataAccessExpiresAt),
      user_id: token.userId,
      ...(token.profileId === undefined ? {} : { profile_id: token.profileId }),
    },
  };
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
