import { Pool } from 'undici';
import { CONNECTIONS_MAX } from './limits.js';
import type { Like } from './like.js';
import { buildProof, type PeerAccount } from './seal.js';

const origin = new Pool(process.env.ORIGIN ?? '', {
  connections: CONNECTIONS_MAX,
  pipelining: 1,
});

/** Sends a like with undici. */
export async function sendLike(account: PeerAccount, { mediaId, liked }: Like): Promise<void> {
  const answer = await origin.request({
    method: liked ? 'POST' : 'DELETE',
    path: `/v26.0/${account.ig_user_id}/likes`,
    headers: { authorization: `Bearer ${account.user_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ media_id: mediaId, appsecret_proof: buildProof(account.user_token) }),
  });
  const { success } = (await answer.body.json()) as { success?: unknown };
  if (success !== true) throw new Error('not confirmed');
}
