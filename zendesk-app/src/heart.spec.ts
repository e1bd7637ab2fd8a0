import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Failure, type FailureDetails } from './failure.js';
import { Heart, LATE_CALL_MS, type Likes } from './heart.js';
import type { LikeState, Target } from './thread.js';

const TARGET: Target = { kind: 'media', id: '5' };

function buildState(liked: boolean | null): LikeState {
  return { liked, source: liked === null ? 'none' : 'confirmed', changedAt: undefined };
}

function buildFailure(effect: FailureDetails['effect']): Failure {
  return new Failure('It failed.', { effect });
}

/** A service whose answers to `set` are given by the test. */
class FakeLikes implements Likes {
  readonly calls: { liked: boolean; answer: (result: LikeState | Failure) => void }[] = [];
  /** The answer to `get`. */
  state: LikeState | Failure = buildState(null);

  set(_: Target, liked: boolean): Promise<LikeState> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        liked,
        answer: (result) => {
          if (result instanceof Failure) reject(result);
          else resolve(result);
        },
      });
    });
  }

  get(): Promise<LikeState> {
    return this.state instanceof Failure ? Promise.reject(this.state) : Promise.resolve(this.state);
  }
}

describe('a heart', () => {
  let likes: FakeLikes;
  let heart: Heart;
  beforeEach(() => {
    jest.useFakeTimers();
    likes = new FakeLikes();
    const likeable = { target: TARGET, state: buildState(false), likeCount: undefined };
    heart = new Heart(likeable, likes, () => undefined, false);
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const answer = async (call: number, result: LikeState | Failure): Promise<void> => {
    likes.calls[call]?.answer(result);
    await jest.advanceTimersByTimeAsync(0);
  };

  it('is unknown while a call that was given up may still arrive', async () => {
    heart.click();
    heart.click();
    // Zendesk holds the like, and the app gives up on it. The service confirms the unlike.
    likes.state = buildState(false);
    await answer(0, buildFailure('in_flight'));
    await answer(1, buildState(false));
    expect(likes.calls.map(({ liked }) => liked)).toEqual([true, false]);
    expect([heart.liked, heart.state.source, heart.mayChange]).toEqual([null, 'pending', true]);
    // The like arrives late.
    likes.state = buildState(true);
    await jest.advanceTimersByTimeAsync(LATE_CALL_MS);
    expect([heart.liked, heart.mayChange]).toEqual([true, false]);
  });

  it('waits for a late call at least as long as the service may take', async () => {
    // The longest PROXY_DEADLINE_MS that the service accepts is a minute.
    expect(LATE_CALL_MS).toBeGreaterThanOrEqual(60_000);
    likes.state = buildState(false);
    heart.click();
    await answer(0, buildFailure('in_flight'));
    await jest.advanceTimersByTimeAsync(59_000);
    expect([heart.liked, heart.mayChange]).toEqual([null, true]);
  });

  it('accepts an updated state only if no late call can change it', async () => {
    likes.state = buildFailure('none');
    heart.click();
    await answer(0, buildFailure('in_flight'));
    heart.update(buildState(false));
    expect(heart.liked).toBe(null);
    heart.update(buildState(true));
    expect(heart.liked).toBe(true);
  });

  it('shows a confirmed state that equals the like of the late call', async () => {
    likes.state = buildState(true);
    heart.click();
    await answer(0, buildFailure('in_flight'));
    expect(heart.liked).toBe(true);
  });

  it.each(['none', 'unknown'] as const)(
    'shows the state that the service reports after a failure with effect %s',
    async (effect) => {
      likes.state = buildState(false);
      heart.click();
      await answer(0, buildFailure(effect));
      expect([heart.liked, heart.failure?.message]).toEqual([false, 'It failed.']);
    },
  );

  it.each([
    ['none', false, 'confirmed'],
    ['unknown', null, 'pending'],
    ['in_flight', null, 'pending'],
  ] as const)(
    'after a failure with effect %s and no state from the service, shows %s',
    async (effect, liked, source) => {
      likes.state = buildFailure('none');
      heart.click();
      await answer(0, buildFailure(effect));
      expect([heart.liked, heart.state.source]).toEqual([liked, source]);
    },
  );

  it('stays unknown if the service cannot report the state after the wait', async () => {
    likes.state = buildFailure('none');
    heart.click();
    await answer(0, buildFailure('in_flight'));
    await jest.advanceTimersByTimeAsync(LATE_CALL_MS);
    expect([heart.liked, heart.state.source]).toEqual([null, 'pending']);
  });

  it.each([
    ['unknown', undefined],
    ['in_flight', undefined],
    ['none', 'Do that.'],
  ] as const)('gives one instruction after a failure with effect %s', async (effect, fix) => {
    likes.state = { liked: null, source: 'pending', changedAt: undefined };
    heart.click();
    await answer(0, new Failure('It failed.', { effect, fix: 'Do that.' }));
    expect(heart.failure?.details.fix).toBe(fix);
  });

  it.each([
    [0, null, 1],
    [0, false, 1],
    // Instagram's count may be older than the like.
    [0, true, 1],
    [214, false, 215],
    [214, true, 214],
    [214, null, 214],
    [undefined, false, undefined],
  ])('counts at least the own like: %p reported, liked %p', async (likeCount, liked, shown) => {
    const likeable = { target: TARGET, state: buildState(liked), likeCount };
    heart = new Heart(likeable, likes, () => undefined, false);
    if (liked !== true) {
      heart.click();
      await answer(0, buildState(true));
    }
    expect(heart.likeCount).toBe(shown);
  });
});
