import { describe, expect, it } from '@jest/globals';
import { anAccount } from '../../test/support/account.js';
import { Deadline } from '../common/deadline.js';
import type { Page } from '../instagram/graph-objects.js';
import { type Comment, type Media, toComment, toMedia } from '../instagram/graph-objects.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import { InstagramError } from '../instagram/instagram-error.js';
import { RESOURCES_MAX } from '../zendesk/limits.js';
import { LATE_MAX } from './batch.js';
import { POST_REMEMBERED_MS, PullMemory } from './pull-memory.js';
import { firstState, LEFT_OUT_MAX, type PullState, readState, writeState } from './pull-state.js';
import { ResourceMapper } from './resource-mapper.js';
import { LATE_MS, OVERLAP_MS, Sweep } from './sweep.js';

const NOW = Date.UTC(2026, 10, 26);
const BUDGET_MS = 60;
const CALL_MS = 8;
const CIRCLE = 25;
const DAY_MS = 86_400_000;
const ACCOUNT = anAccount({ threads: 'comment', connectedAt: NOW });

const media = (id: string): Media => {
  const made = toMedia({ id, timestamp: '2026-11-20T10:00:00+0000', comments_count: 1 });
  if (made === undefined) throw new Error('no media');
  return made;
};
const comment = (id: string, timestamp = '2026-11-25T10:00:00+0000'): Comment => {
  const made = toComment({ id, text: 'Hi', timestamp });
  if (made === undefined) throw new Error('no comment');
  return made;
};
/** A page of a circle. Each page has its own entry. */
const inCircle = <T>(after: string | undefined, show: (id: string) => T): Page<T> => {
  const page = Number(after?.slice(1) ?? 0);
  return { items: [show(String(1000 + page))], after: `c${String((page + 1) % CIRCLE)}` };
};

/** An Instagram where one list leads in a circle and each call takes `CALL_MS`. */
class CircularInstagram {
  calls = 0;

  constructor(private readonly circle: 'posts' | 'comments' | 'replies') {}

  async listMedia(after?: string): Promise<Page<Media>> {
    await this.call();
    return this.circle === 'posts'
      ? inCircle(after, media)
      : { items: [media('2'), media('1')], after: undefined };
  }

  async listComments(mediaId: string, after?: string): Promise<Page<object>> {
    await this.call();
    const replies =
      this.circle === 'replies' && mediaId === '2'
        ? { items: [], after: 'c0' }
        : { items: [], after: undefined };
    return this.circle === 'comments' && mediaId === '2'
      ? inCircle(after, (id) => ({ ...comment(id), replies }))
      : { items: [{ ...comment(`9${mediaId}`), replies }], after: undefined };
  }

  async listReplies(_: string, after?: string): Promise<Page<Comment>> {
    await this.call();
    return inCircle(after, comment);
  }

  private async call(): Promise<void> {
    this.calls += 1;
    await new Promise((resolve) => setTimeout(resolve, CALL_MS));
  }
}

/** Runs the part of a sweep that one pull has time for. */
const pull = async (
  state: PullState,
  instagram: object,
  memory: PullMemory,
  { now = NOW, budgetMs = BUDGET_MS } = {},
): Promise<{ ids: string[]; state: PullState }> => {
  const sweep = new Sweep(state, {
    account: ACCOUNT,
    instagram: instagram as InstagramSession,
    memory,
    mapper: new ResourceMapper(ACCOUNT, 'manifest', {
      username: undefined,
      pictureUrl: undefined,
    }),
    deadline: new Deadline(budgetMs),
    budgetMs,
    now,
    onMedia: () => undefined,
    onLeftOut: () => undefined,
  });
  const outcome = await sweep.run();
  const text = writeState({ ...outcome.state, answer: 'a' });
  const next = readState(text, ACCOUNT.igUserId, now);
  if (next === undefined) throw new Error('the state cannot be read');
  return { ids: outcome.resources.map(({ external_id: id }) => id), state: next };
};

describe('Sweep', () => {
  it.each(['posts', 'comments', 'replies'] as const)(
    'ends a circle of %s that is too long for one pull',
    async (circle) => {
      const instagram = new CircularInstagram(circle);
      const memory = new PullMemory();
      let state: PullState = firstState(ACCOUNT, NOW);
      const ids = new Set<string>();
      let pulls = 0;
      do {
        const answer = await pull(state, instagram, memory);
        for (const id of answer.ids) ids.add(id);
        ({ state } = answer);
        pulls += 1;
      } while (state.place !== undefined && pulls < 100);
      expect(pulls).toBeGreaterThan(2);
      expect(pulls).toBeLessThan(100);
      // A page of posts takes two calls; each pull repeats the page at which the last one stopped.
      expect(instagram.calls).toBeLessThanOrEqual(2 * (3 * CIRCLE) + 3 * pulls);
      expect(ids.size).toBeGreaterThanOrEqual(CIRCLE);
      if (circle !== 'posts') expect(ids).toContain('comment:1:91');
    },
  );

  it('is not whole if it left out more posts than a state records', async () => {
    const posts = Array.from({ length: LEFT_OUT_MAX + 5 }, (_, index) => String(100 + index));
    const refused = new Set(posts);
    // Too old to be found as comments that appeared late.
    const createdAt = new Date(NOW - LATE_MS - DAY_MS).toISOString();
    const instagram = {
      listMedia: () => Promise.resolve({ items: posts.map(media), after: undefined }),
      listComments: (mediaId: string) =>
        refused.delete(mediaId)
          ? Promise.reject(new InstagramError('target_unavailable', 'Gone.', { effect: 'none' }))
          : Promise.resolve({
              items: [{ ...comment(`9${mediaId}`, createdAt), replies: { items: [] } }],
              after: undefined,
            }),
    };
    const memory = new PullMemory();
    const from = { ...firstState(ACCOUNT, NOW), from: 0, since: 0 };
    const first = await pull(from, instagram, memory, { budgetMs: 10_000 });
    expect(first.ids).toEqual([]);
    expect(first.state.since).toBe(0);
    const later = { now: NOW + DAY_MS, budgetMs: 10_000 };
    const second = await pull(first.state, instagram, memory, later);
    expect(second.ids.sort()).toEqual(posts.map((id) => `comment:${id}:9${id}`));
    expect(second.state.since).toBe(NOW + DAY_MS);
  });

  it('looks back far enough for a comment that an unchanged count hid', () => {
    expect(OVERLAP_MS).toBeGreaterThan(POST_REMEMBERED_MS);
  });

  it('finds late comments further back than it looks anyway, and leaves room for new ones', () => {
    expect(LATE_MS).toBeGreaterThan(OVERLAP_MS);
    expect(LATE_MAX).toBeLessThan(RESOURCES_MAX);
  });
});
