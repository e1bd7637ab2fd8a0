import { createHash } from 'node:crypto';
import type { ChannelbackKey, ChannelbackLedger } from '../ledger/replies/channelback-ledger.js';

/**
 * How long the same text for the same parent counts as one reply, if Zendesk sends no identifier.
 * Zendesk repeats a request within minutes. An agent seldom sends the same answer twice in that
 * time.
 */
const SAME_REPLY_MS = 600_000;

/**
 * The ledger's key for a reply without `request_unique_identifier`. It is the key of an earlier
 * request for the same reply whose outcome is unknown or which is recent; otherwise a new one.
 *
 * @param content the parts that make two replies the same.
 * @param now milliseconds since 1970.
 */
export async function findUnnamedKey(
  ledger: Pick<ChannelbackLedger, 'findLast'>,
  account: Omit<ChannelbackKey, 'requestId'>,
  content: readonly string[],
  now: number,
): Promise<ChannelbackKey> {
  const prefix = `unnamed:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}:`;
  const last = await ledger.findLast(account, prefix);
  const isSame = last !== undefined && (!last.isPosted || now - last.firstAt < SAME_REPLY_MS);
  // Processes that begin the same reply at once build the same key. The ledger accepts one.
  const requestId = isSame ? last.requestId : `${prefix}${String(Math.floor(now / SAME_REPLY_MS))}`;
  return { ...account, requestId };
}
