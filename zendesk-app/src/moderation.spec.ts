import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Failure, type FailureDetails } from './failure.js';
import { type CommentCalls, LATE_EFFECT_MS, Moderation } from './moderation.js';

function buildFailure(effect: FailureDetails['effect'], code?: string): Failure {
  return new Failure('It failed.', { effect, code, fix: 'Try again.' });
}

/** A service whose answers the test gives. */
class FakeCalls implements CommentCalls {
  readonly calls: string[] = [];
  /** Why the next action fails. */
  failure: Failure | undefined;
  /** The answer to `readHidden`. */
  hidden: boolean | undefined | Failure = false;

  setHidden(id: string, hidden: boolean): Promise<void> {
    return this.answer(`${hidden ? 'hide' : 'show'} ${id}`);
  }

  delete(id: string): Promise<void> {
    return this.answer(`delete ${id}`);
  }

  replyPrivately(id: string, message: string): Promise<void> {
    return this.answer(`reply ${id} ${message}`);
  }

  readHidden(): Promise<boolean | undefined> {
    return this.hidden instanceof Failure
      ? Promise.reject(this.hidden)
      : Promise.resolve(this.hidden);
  }

  private answer(call: string): Promise<void> {
    this.calls.push(call);
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }
}

describe('the moderation of a comment', () => {
  let calls: FakeCalls;
  let changes: number;
  let moderation: Moderation;
  beforeEach(() => {
    jest.useFakeTimers();
    calls = new FakeCalls();
    changes = 0;
    moderation = new Moderation('7', false, calls, () => (changes += 1));
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const reload = (hidden: boolean): void => {
    jest.advanceTimersByTime(1);
    moderation.update(hidden, performance.now());
  };

  it('changes only after Instagram has confirmed it', async () => {
    const hiding = moderation.perform('hide');
    expect([moderation.sending, moderation.hidden, changes]).toEqual(['hide', false, 1]);
    await hiding;
    expect([moderation.sending, moderation.hidden, changes]).toEqual([undefined, true, 2]);
    await moderation.perform('show');
    expect(moderation.hidden).toBe(false);
    await moderation.perform('reply', 'Hello');
    expect(moderation.reply).toBe('sent');
    await moderation.perform('delete');
    expect([moderation.existence, moderation.isShown]).toEqual(['deleted', false]);
    expect(calls.calls).toEqual(['hide 7', 'show 7', 'reply 7 Hello', 'delete 7']);
  });

  it('performs one action at a time', async () => {
    const hiding = moderation.perform('hide');
    await moderation.perform('delete');
    await hiding;
    expect(calls.calls).toEqual(['hide 7']);
  });

  it.each(['hide', 'delete', 'reply'] as const)('is unchanged if %s is refused', async (action) => {
    calls.failure = buildFailure('none', 'rate_limited');
    await moderation.perform(action, 'Hello');
    const { hidden, existence, reply, failure } = moderation;
    expect({ hidden, existence, reply }).toEqual({
      hidden: false,
      existence: 'exists',
      reply: 'open',
    });
    expect(failure?.details.fix).toBe('Try again.');
    reload(false);
    expect(moderation.failure).toBeUndefined();
  });

  it.each(['unknown', 'in_flight'] as const)(
    'does not know the result of a lost answer (%s) until it can no longer change',
    async (effect) => {
      calls.failure = buildFailure(effect);
      await moderation.perform('hide');
      expect([moderation.hidden, moderation.failure?.details.fix]).toEqual([null, undefined]);
      reload(false);
      expect([moderation.hidden, moderation.mustStay]).toEqual([null, true]);
      jest.advanceTimersByTime(LATE_EFFECT_MS);
      reload(false);
      expect([moderation.hidden, moderation.mustStay]).toEqual([false, false]);
    },
  );

  it('knows the result of a lost answer once Instagram reports it', async () => {
    calls.failure = buildFailure('unknown');
    calls.hidden = true;
    await moderation.perform('hide');
    expect(moderation.hidden).toBe(true);
  });

  it('stays unknown without a report', async () => {
    calls.failure = buildFailure('in_flight');
    calls.hidden = buildFailure('none');
    await moderation.perform('hide');
    expect(moderation.hidden).toBe(null);
  });

  it('expects a late effect even after the opposite was confirmed', async () => {
    calls.failure = buildFailure('in_flight');
    await moderation.perform('hide');
    calls.failure = undefined;
    await moderation.perform('show');
    expect(moderation.hidden).toBe(null);
    reload(true);
    expect(moderation.hidden).toBe(true);
  });

  it('does not claim that a comment was deleted, or was not', async () => {
    calls.failure = buildFailure('unknown');
    await moderation.perform('delete');
    expect([moderation.existence, moderation.isShown]).toEqual(['unknown', true]);
    calls.hidden = undefined;
    await moderation.perform('delete');
    expect([moderation.existence, moderation.isShown]).toEqual(['gone', false]);
  });

  it('knows after the wait that a comment was not deleted', async () => {
    calls.failure = buildFailure('unknown');
    await moderation.perform('delete');
    jest.advanceTimersByTime(LATE_EFFECT_MS);
    reload(false);
    expect(moderation.existence).toBe('exists');
  });

  it('allows a second private reply only after the first was lost', async () => {
    calls.failure = buildFailure('unknown');
    await moderation.perform('reply', 'Hello');
    expect([moderation.reply, moderation.mustStay]).toEqual(['unknown', true]);
    reload(false);
    expect(moderation.reply).toBe('unknown');
    calls.failure = buildFailure('none', 'private_reply_closed');
    await moderation.perform('reply', 'Hello');
    expect([moderation.reply, moderation.hadLostReply]).toEqual(['closed', true]);
    expect(moderation.failure).toBeUndefined();
  });

  it('ignores a report that was requested before the last action was settled', async () => {
    const requestedAt = performance.now();
    jest.advanceTimersByTime(1);
    await moderation.perform('hide');
    moderation.update(false, requestedAt);
    expect(moderation.hidden).toBe(true);
    reload(false);
    expect(moderation.hidden).toBe(false);
  });
});
