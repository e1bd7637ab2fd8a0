import { describe, expect, it } from '@jest/globals';
import {
  type Comment,
  type CommentWithReplies,
  type Page,
  toComment,
  toMedia,
} from '../instagram/graph-objects.js';
import { InstagramError } from '../instagram/instagram-error.js';
import { CommentWalk } from './comment-walk.js';
import type { Position } from './pull-state.js';

const media = toMedia({ id: '5' });
if (media === undefined) throw new Error('no media');
const POST = media;

const comment = (id: string): Comment => {
  const made = toComment({ id });
  if (made === undefined) throw new Error('no comment');
  return made;
};
const page = <T>(items: T[], after?: string): Page<T> => ({ items, after });
const thread = (id: string, replies: string[] = [], after?: string): CommentWithReplies => ({
  ...comment(id),
  replies: page(replies.map(comment), after),
});

/** Two pages of comments. The replies to comment 20 need a call of their own. */
const COMMENTS: Record<string, Page<CommentWithReplies>> = {
  '': page([thread('30'), thread('20', ['25'], 'r1'), thread('10', ['11'])], 'c1'),
  c1: page([thread('9')]),
};
const INSTAGRAM = {
  listComments: (_: string, after = '') => Promise.resolve(COMMENTS[after] ?? page([])),
  listReplies: () => Promise.resolve(page(['24', '23'].map(comment))),
};

interface Walked {
  readonly ids: string[];
  /** The position after each comment, if that is handed out. */
  readonly positions: Position[];
  readonly calls: number;
}

const walk = async (
  from: Position = {},
  instagram: Partial<typeof INSTAGRAM> = {},
  skipsReplies = false,
): Promise<Walked> => {
  const ids: string[] = [];
  const positions: Position[] = [];
  let calls = 0;
  const steps = new CommentWalk(POST, from, {
    instagram: { ...INSTAGRAM, ...instagram },
    skipsReplies: () => skipsReplies,
  }).steps();
  for await (const step of steps) {
    if (step.kind === 'call') calls += 1;
    if (step.kind !== 'comment') continue;
    ids.push(step.found.comment.id);
    positions.push(step.position);
  }
  return { ids, positions, calls };
};
const ALL = ['30', '20', '25', '24', '23', '10', '11', '9'];

describe('CommentWalk', () => {
  it('visits comments newest first, each followed by its replies', async () => {
    const { ids, calls } = await walk();
    expect(ids).toEqual(ALL);
    expect(calls).toBe(3);
  });

  it('continues from every position behind the comment of that position', async () => {
    const { positions } = await walk();
    const rests = await Promise.all(positions.map(async (from) => (await walk(from)).ids));
    expect(rests).toEqual(ALL.map((_, index) => ALL.slice(index + 1)));
  });

  it('visits the whole page again if the comment of the position was deleted', async () => {
    expect((await walk({ lastId: '99' })).ids).toEqual(ALL);
  });

  it('forgets the comment of the position while it searches for it', async () => {
    const steps = new CommentWalk(
      POST,
      { lastId: '24' },
      { instagram: INSTAGRAM, skipsReplies: () => false },
    ).steps();
    const moves: (string | undefined)[] = [];
    for await (const step of steps) {
      if (step.kind === 'moved') moves.push(step.position.lastId);
      if (step.kind === 'comment') break;
    }
    expect(moves).toEqual([undefined, '24']);
  });

  it('gets further in walks that have time for three calls each', async () => {
    const pages: Record<string, Page<Comment>> = {
      r1: page([comment('24')], 'r2'),
      r2: page([comment('23')], 'r3'),
      r3: page([comment('22')]),
    };
    const instagram = {
      listComments: () => Promise.resolve(page([thread('20', ['25'], 'r1')])),
      listReplies: (_: string, after = '') => Promise.resolve(pages[after] ?? page<Comment>([])),
    };
    const ids: string[] = [];
    let from: Position = {};
    for (let walks = 0; walks < 10; walks += 1) {
      let calls = 0;
      const walk = new CommentWalk(POST, from, { instagram, skipsReplies: () => false });
      for await (const step of walk.steps()) {
        // The list of posts takes the third call.
        if (step.kind === 'call' && (calls += 1) > 2) break;
        if (step.kind === 'comment') ids.push(step.found.comment.id);
        if (step.kind === 'comment' || step.kind === 'moved') from = step.position;
      }
      if (calls <= 2 && from.repliesAfter?.endsWith('r3') === true) break;
    }
    expect(ids).toEqual(['20', '25', '24', '23', '22']);
  });

  it('visits the other comments if Instagram refuses the replies to one', async () => {
    const refusal = new InstagramError('target_unavailable', 'Gone.', { effect: 'none' });
    const listReplies = (): Promise<never> => Promise.reject(refusal);
    const withoutReplies = ['30', '20', '25', '10', '11', '9'];
    expect((await walk({}, { listReplies })).ids).toEqual(withoutReplies);
    expect(await walk({}, { listReplies }, true)).toMatchObject({ ids: withoutReplies, calls: 2 });
  });
});
