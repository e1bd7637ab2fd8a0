import { createHash } from 'node:crypto';
import type { ChannelbackKey, ChannelbackLedger } from '../ledger/channelback-ledger.js';

/**
 * How long the same text for the same parent counts as one reply where Zendesk sends no identifier,
 * in milliseconds. Zendesk repeats a request within minutes; an agent seldom means the same answer
 * twice as soon.
 */
export const SAME_REPLY_MS = 600_000;

/**
 * The ledger's key for a reply without `request_unique_identifier`: that of an earlier request for
 * the same reply, as long as its outcome is unknown or it is young; otherwise a new one.
 *
 * @param content what makes two replies the same.
 * @param now milliseconds since 1970.
 */
export async function unnamedKey(
  ledger: Pick<ChannelbackLedger, 'findLast'>,
  account: Omit<ChannelbackKey, 'requestId'>,
  content: readonly string[],
  now: number,
): Promise<ChannelbackKey> {
  const prefix = `unnamed:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}:`;
  const last = await ledger.findLast(account, prefix);
  const isSame = last !== undefined && (!last.isPosted || now - last.firstAt < SAME_REPLY_MS);
  // Two processes that begin the same reply at once make the same key. The ledger admits one.
  const requestId = isSame ? last.requestId : `${prefix}${String(Math.floor(now / SAME_REPLY_MS))}`;
  return { ...account, requestId };
}
