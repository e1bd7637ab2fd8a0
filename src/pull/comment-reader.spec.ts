import { describe, expect, it } from '@jest/globals';
import { Deadline } from '../common/deadline.js';
import type { Account } from '../domain/account.js';
import {
  type CommentWithReplies,
  toCommentWithReplies,
  toMedia,
} from '../instagram/graph-objects.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import type { ExternalResource } from '../zendesk/external-resource.js';
import { Batch } from './batch.js';
import { CallBudget } from './call-budget.js';
import { CommentReader } from './comment-reader.js';
import { Progress } from './progress.js';
import { PullMemory } from './pull-memory.js';
import { ResourceMapper } from './resource-mapper.js';

const NOW = Date.UTC(2026, 10, 26);
const ACCOUNT = {
  igUserId: '17841405309211844',
  username: 'omniwear',
  threads: 'comment',
} as unknown as Account;
const UNREPORTED = { username: undefined, pictureUrl: undefined };

/** Resources of a post's only page of comments. */
async function read(
  comments: readonly object[],
  account: Account,
  post: object = { timestamp: '2026-11-20T10:00:00+0000' },
): Promise<readonly ExternalResource[]> {
  const media = toMedia({ id: '5', ...post });
  if (media === undefined) throw new Error('no media');
  const items = comments
    .map(toCommentWithReplies)
    .filter((each): each is CommentWithReplies => each !== undefined);
  const batch = new Batch({
    account,
    mapper: new ResourceMapper(account, 'manifest', UNREPORTED),
    memory: new PullMemory(),
    series: 's',
    from: NOW - 86_400_000,
    now: NOW,
  });
  const instagram = { listComments: () => Promise.resolve({ items, after: undefined }) };
  const reader = new CommentReader(
    media,
    { since: 0, late: 0 },
    {
      instagram: instagram as unknown as InstagramSession,
      calls: new CallBudget(new Deadline(10_000), 10_000),
      progress: new Progress({}),
      batch,
      skipped: { areRepliesResting: () => false, leaveOutReplies: () => undefined },
      onPage: () => undefined,
    },
  );
  await reader.read();
  return batch.sorted;
}

const idsAndThreads = (resources: readonly ExternalResource[]): (string | undefined)[][] =>
  resources.map(({ external_id: id, thread_id: thread }) => [id, thread]);
const at = (time: string): string => `2026-11-25T${time}:00+0000`;

describe('CommentReader', () => {
  it('puts deeper replies of a list into the thread of the top comment', async () => {
    const resources = await read(
      [
        { id: '3', timestamp: at('12:00'), parent_id: '2' },
        { id: '2', timestamp: at('11:00'), parent_id: '1' },
        { id: '1', timestamp: at('10:00') },
        { id: '9', timestamp: at('09:00'), parent_id: '8' },
      ],
      ACCOUNT,
    );
    expect(idsAndThreads(resources)).toEqual([
      ['comment:5:9', 'comment:5:8'],
      ['comment:5:1', 'comment:5:1'],
      ['comment:5:2', 'comment:5:1'],
      ['comment:5:3', 'comment:5:1'],
    ]);
  });

  it('ends when comments name each other as parents', async () => {
    const resources = await read(
      [
        { id: '1', timestamp: at('10:00'), parent_id: '2' },
        { id: '2', timestamp: at('11:00'), parent_id: '1' },
      ],
      ACCOUNT,
    );
    expect(resources).toHaveLength(2);
  });

  it('sorts comments behind their post and parent even if times are missing or wrong', async () => {
    const replies = { data: [{ id: '2', timestamp: at('09:00') }, { id: '3' }] };
    const comments = [{ id: '1', replies }];
    const byMedia = { ...ACCOUNT, threads: 'media' } as Account;
    for (const post of [{}, { timestamp: '2026-11-25T23:00:00+0000' }]) {
      const resources = await read(comments, byMedia, post);
      expect(resources.map(({ external_id: id }) => id)).toEqual([
        'media:5',
        'comment:5:1',
        'comment:5:2',
        'comment:5:3',
      ]);
    }
    const [top, reply] = await read(comments, ACCOUNT);
    expect([top?.created_at, reply?.created_at]).toEqual([
      '2026-11-26T00:00:00.000Z',
      '2026-11-25T09:00:00.000Z',
    ]);
  });
});
