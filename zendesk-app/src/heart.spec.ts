import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Failure } from './failure.js';
import { Heart, STRAY_MS } from './heart.js';
import type { Known, Target } from './thread.js';

const TARGET: Target = { kind: 'media', id: '5' };
const told = (liked: boolean | null): Known => ({
  liked,
  source: liked === null ? 'none' : 'told',
  changedAt: undefined,
});
const failure = (effect: 'none' | 'unknown' | 'under_way'): Failure =>
  new Failure('It failed.', { effect });

/** The service and what lies before it, at hand: each call is answered when the test says so. */
class Service {
  readonly calls: { liked: boolean; answer: (known: Known | Failure) => void }[] = [];
  /** What it answers to a question. */
  holds: Known | Failure = told(null);

  set(_: Target, liked: boolean): Promise<Known> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        liked,
        answer: (known) => {
          if (known instanceof Failure) reject(known);
          else resolve(known);
        },
      });
    });
  }

  ask(): Promise<Known> {
    return this.holds instanceof Failure ? Promise.reject(this.holds) : Promise.resolve(this.holds);
  }
}

describe('a heart', () => {
  let service: Service;
  let heart: Heart;
  beforeEach(() => {
    jest.useFakeTimers();
    service = new Service();
    const likeable = { target: TARGET, known: told(false), likeCount: undefined };
    heart = new Heart(likeable, service, () => undefined, false);
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const answer = async (call: number, known: Known | Failure): Promise<void> => {
    service.calls[call]?.answer(known);
    await jest.advanceTimersByTimeAsync(0);
  };

  it('says nothing definite while a call that was given up may still arrive', async () => {
    heart.click();
    heart.click();
    // The like is held by Zendesk and given up; the unlike is confirmed.
    service.holds = told(false);
    await answer(0, failure('under_way'));
    await answer(1, told(false));
    expect(service.calls.map(({ liked }) => liked)).toEqual([true, false]);
    expect([heart.liked, heart.known.source, heart.mayChange]).toEqual([null, 'pending', true]);
    // The like arrived after all.
    service.holds = told(true);
    await jest.advanceTimersByTimeAsync(STRAY_MS);
    expect([heart.liked, heart.mayChange]).toEqual([true, false]);
  });

  it('hears of what arrived, and not of what may be overtaken', async () => {
    service.holds = failure('none');
    heart.click();
    await answer(0, failure('under_way'));
    heart.hear(told(false));
    expect(heart.liked).toBe(null);
    heart.hear(told(true));
    expect(heart.liked).toBe(true);
  });

  it('is what it was wished to be, where that is told and what may still arrive wishes the same', async () => {
    service.holds = told(true);
    heart.click();
    await answer(0, failure('under_way'));
    expect(heart.liked).toBe(true);
  });

  it.each(['none', 'unknown'] as const)(
    'believes the service after a failure of effect %s',
    async (effect) => {
      service.holds = told(false);
      heart.click();
      await answer(0, failure(effect));
      expect([heart.liked, heart.failure?.message]).toEqual([false, 'It failed.']);
    },
  );

  it('stays not known where the service cannot be asked', async () => {
    service.holds = failure('none');
    heart.click();
    await answer(0, failure('under_way'));
    await jest.advanceTimersByTimeAsync(STRAY_MS);
    expect([heart.liked, heart.known.source]).toEqual([null, 'pending']);
  });
});
