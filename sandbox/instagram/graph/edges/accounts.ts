import type { GraphApi } from '../graph-api.js';
import { noSuchObject } from '../graph-error.js';
import { toPageFields } from '../graph-objects.js';
import { selectFields, toPage } from '../graph-page.js';

/** `/me`, and `/{user-id}/accounts`: the Facebook Pages that a person manages. */
export function registerAccountEdges(graph: GraphApi): void {
  const { facebook, world } = graph.state;

  graph.get('/:version/me', (call) =>
    selectFields({ id: call.token().userId, name: 'Omniwear Admin' }, call, ['name']),
  );
  graph.get('/:version/:id/accounts', (call) => {
    const token = call.tokenWith('pages_show_list');
    const isOwn = call.nodeId === 'me' || call.nodeId === token.userId;
    if (token.type !== 'USER' || !isOwn) throw noSuchObject(call.nodeId);
    return toPage(facebook.listPages(token), call, (page) => {
      const fields = toPageFields(page, facebook.issuePageToken(page, token), world);
      return selectFields(fields, call, ['name', 'access_token']);
    });
  });
}
