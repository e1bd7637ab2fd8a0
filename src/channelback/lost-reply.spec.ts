import { describe, expect, it } from '@jest/globals';
import { anAccount } from '../../test/support/account.js';
import type { Comment, Page } from '../instagram/graph-objects.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import { findLostReply } from './lost-reply.js';

const ACCOUNT = anAccount({ igUserId: '17' });
const START = Date.UTC(2026, 10, 22, 9, 30);
const REPLY = {
  parent: { kind: 'comment', mediaId: '1', commentId: '2' },
  text: 'Thanks!',
  requestId: 'r1',
} as const;

/** A reply of the account, in a thread with one comment on each page. */
const aReply = (id: string, createdAt: number): Comment => ({
  id,
  text: 'Thanks!',
  createdAt,
  parentId: '2',
  authorId: '17',
  username: undefined,
  hidden: false,
  likeCount: undefined,
});

/** The thread, newest first. */
const find = (thread: readonly Comment[], posted: readonly string[]): Promise<unknown> => {
  const instagram = {
    readAccount: () => Promise.resolve({ username: 'omniwear', pictureUrl: undefined }),
    listSiblings: (_: string, after = '0'): Promise<Page<Comment>> => {
      const index = Number(after);
      const next = index + 1 < thread.length ? String(index + 1) : undefined;
      return Promise.resolve({ items: thread.slice(index, index + 1), after: next });
    },
  } as unknown as InstagramSession;
  const ledger = { posted: () => Promise.resolve(new Set(posted)) };
  return findLostReply(ACCOUNT, instagram, ledger, REPLY, START);
};

describe('findLostReply', () => {
  it('finds the oldest of equal comments, on whichever page it is', async () => {
    const thread = [aReply('12', START + 9_000_000), aReply('11', START + 5000)];
    expect(await find(thread, [])).toBe('comment:1:11');
    expect(await find(thread, ['comment:1:11'])).toBe('comment:1:12');
  });

  it('finds no comment from before the reply was sent', async () => {
    const thread = [aReply('12', START + 5000), aReply('11', START - 3_600_000)];
    expect(await find(thread, ['comment:1:12'])).toBeUndefined();
  });
});
