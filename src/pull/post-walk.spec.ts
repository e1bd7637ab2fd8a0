import { describe, expect, it } from '@jest/globals';
import { type Media, type Page, toMedia } from '../instagram/graph-objects.js';
import { InstagramError } from '../instagram/instagram-error.js';
import { walkPosts } from './post-walk.js';
import type { Position } from './pull-state.js';

const page = (ids: string[], after?: string): Page<Media> => ({
  items: ids.map((id) => toMedia({ id })).filter((each) => each !== undefined),
  after,
});
const PAGES: Record<string, Page<Media>> = { '': page(['4', '3'], 'p1'), p1: page(['2', '1']) };
const list = (after = ''): Promise<Page<Media>> => Promise.resolve(PAGES[after] ?? page([]));

const walk = async (
  from: Position = {},
  listMedia = list,
): Promise<{ visits: string[]; positions: Position[] }> => {
  const visits: string[] = [];
  const positions: Position[] = [];
  for await (const step of walkPosts({ listMedia }, from)) {
    if (step.kind === 'post') {
      visits.push(step.media.id);
      positions.push(step.position);
    } else if (step.kind === 'restarted') visits.push('restarted');
  }
  return { visits, positions };
};

describe('walkPosts', () => {
  it('continues with the post of the position', async () => {
    const { visits, positions } = await walk();
    expect(visits).toEqual(['4', '3', '2', '1']);
    const rests = await Promise.all(positions.map(async (from) => (await walk(from)).visits));
    expect(rests).toEqual([['4', '3', '2', '1'], ['3', '2', '1'], ['2', '1'], ['1']]);
  });

  it('keeps the position inside the first post, and in no other', async () => {
    const from = { mediaId: '3', commentsAfter: 'c', lastId: '31' };
    const { positions } = await walk(from);
    expect(positions[0]).toEqual(from);
    expect(positions[1]).not.toHaveProperty('lastId');
  });

  it('visits the whole page again if the post of the position was deleted', async () => {
    const { visits, positions } = await walk({ mediaId: '9', lastId: '91' });
    expect(visits).toEqual(['4', '3', '2', '1']);
    expect(positions[0]).not.toHaveProperty('lastId');
  });

  it('restarts once if a cursor has expired', async () => {
    const gone = new InstagramError('target_unavailable', 'Gone.', { effect: 'none' });
    let refusals = 1;
    const listMedia = (after?: string): Promise<Page<Media>> =>
      after !== undefined && refusals-- > 0 ? Promise.reject(gone) : list(after);
    const from = { mediaAfter: 'p1', mediaId: '1' };
    expect((await walk(from, listMedia)).visits).toEqual(['restarted', '4', '3', '2', '1']);
    refusals = 2;
    await expect(walk(from, listMedia)).rejects.toBe(gone);
  });
});
