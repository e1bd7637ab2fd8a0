import type { Account } from '../domain/account.js';
import { type InstagramResource, toExternalId } from '../domain/external-id.js';
import { toIdentity, isWrittenBy } from '../instagram/authorship.js';
import type { Comment, Page } from '../instagram/graph-objects.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import { PageWalk } from '../instagram/page-walk.js';
import type { ChannelbackLedger } from '../ledger/replies/channelback-ledger.js';
import type { Reply } from './reply.js';

/** How far Instagram's clock may be behind this one. */
const CLOCK_SKEW_MS = 60_000;

/**
 * Searches Instagram for the comment of a reply whose answer was lost. The comment must be the
 * account's own, have the same text and belong to no other reply.
 *
 * A failure to read the account's current name fails the search. Without that name, a comment
 * under a scoped id would be missed, and the reply posted twice.
 *
 * @param firstAt when the reply was first sent. Milliseconds since 1970.
 * @returns the comment's external id; undefined if there is none.
 */
export async function findLostReply(
  account: Account,
  instagram: InstagramSession,
  ledger: Pick<ChannelbackLedger, 'posted'>,
  { parent, text }: Reply,
  firstAt: number,
): Promise<string | undefined> {
  const identity = toIdentity(account, await instagram.readAccount());
  const notBefore = firstAt - CLOCK_SKEW_MS;
  const walk = new PageWalk();
  let oldest: string | undefined;
  for (;;) {
    const page = await listThread(instagram, parent, walk.cursor);
    const candidates = page.items
      // A comment without a time may be the reply, and a missed one is posted twice.
      .filter(({ createdAt }) => createdAt === undefined || createdAt >= notBefore)
      .filter((comment) => isWrittenBy(comment, identity))
      .filter((comment) => isSameText(comment.text, text))
      .map(({ id }) => toExternalId({ kind: 'comment', mediaId: parent.mediaId, commentId: id }));
    const known = await ledger.posted(account.igUserId, candidates);
    // A later one with the same text belongs to another reply. Pages begin with the newest.
    oldest = candidates.filter((each) => !known.has(each)).at(-1) ?? oldest;
    const isOlder = page.items.some(({ createdAt = Infinity }) => createdAt < notBefore);
    if (isOlder || !walk.advance(page)) return oldest;
  }
}

function listThread(
  instagram: InstagramSession,
  parent: InstagramResource,
  after: string | undefined,
): Promise<Page<Comment>> {
  return parent.kind === 'media'
    ? instagram.listComments(parent.mediaId, after)
    : instagram.listSiblings(parent.commentId, after);
}

/**
 * Whether Instagram may have turned one text into the other. Meta does not document its changes,
 * and an unrecognized reply is posted twice. So only letters and digits count. In a text without
 * any, everything counts except whitespace, marks and control characters.
 */
function isSameText(one: string, other: string): boolean {
  return toComparable(one) === toComparable(other);
}

function toComparable(text: string): string {
  const normal = text.normalize('NFKC');
  const letters = normal.replaceAll(/[^\p{L}\p{N}]+/gu, '');
  return letters === '' ? normal.replaceAll(/[\s\p{M}\p{C}]+/gu, '') : letters;
}
