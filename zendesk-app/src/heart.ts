import { Failure } from './failure.js';
import type { Likeable, LikeState, Target } from './thread.js';

/** Sets and reads likes through the service. */
export interface Likes {
  /** @throws {Failure} */
  set(target: Target, liked: boolean): Promise<LikeState>;
  /** @throws {Failure} */
  get(target: Target): Promise<LikeState>;
}

/**
 * How long a call may still reach the service after the app gave up on it. Zendesk does not say
 * how long its proxy holds a call. The service itself takes a minute at most.
 */
export const LATE_CALL_MS = 60_000;

/** The state after a click that was sent but never confirmed. */
const PENDING: LikeState = { liked: null, source: 'pending', changedAt: undefined };

/**
 * The like of one post or comment. It shows the agent's click at once, and the confirmed state as
 * soon as it is known. It sends one call at a time, so the last click is the last call that
 * Instagram receives.
 */
export class Heart {
  readonly target: Target;
  /** The state that the service reported last. */
  state: LikeState;
  /**
   * Whether a click was ever lost. A lost click may take effect for two minutes, so the answer to a
   * later click may not be the final state, and the heart asks the service for it.
   */
  hadLostClick: boolean;
  /** Why the last click failed. */
  failure: Failure | undefined;
  /** When the last click was settled, by `performance.now()`. */
  settledAt = -1;
  /** The state that the agent clicked, until it is confirmed or fails. */
  private wanted: boolean | undefined;
  private isSettling = false;
  /** The likes of calls that were given up and may still arrive, until `lateCallsEndAt`. */
  private readonly lateCalls = new Set<boolean>();
  private lateCallsEndAt = 0;
  private readonly reportedCount: number | undefined;
  private readonly countWithoutOwnLike: number | undefined;

  constructor(
    likeable: Likeable,
    private readonly likes: Likes,
    private readonly onChange: (heart: Heart) => void,
    /** The value of the previous heart for the same target. */
    hadLostClick: boolean,
  ) {
    this.target = likeable.target;
    this.state = likeable.state;
    this.hadLostClick = hadLostClick || mayChangeLate(likeable.state);
    const { likeCount, state } = likeable;
    this.reportedCount = likeCount;
    this.countWithoutOwnLike = toCountWithoutOwnLike(likeCount, state.liked);
  }

  /** What the heart shows; null for unknown. */
  get liked(): boolean | null {
    return this.wanted ?? this.state.liked;
  }

  get isSending(): boolean {
    return this.wanted !== undefined;
  }

  /** Whether a call that was given up may still change the like. */
  get mayChange(): boolean {
    return this.lateCalls.size > 0;
  }

  /** Instagram's count, adjusted by the account's own like if it is known. */
  get likeCount(): number | undefined {
    const { countWithoutOwnLike, liked } = this;
    if (countWithoutOwnLike === undefined || liked === null) return this.reportedCount;
    return countWithoutOwnLike + Number(liked);
  }

  /** Sets the opposite of what the heart shows. An unknown heart becomes a like. */
  click(): void {
    this.wanted = this.liked !== true;
    this.failure = undefined;
    this.onChange(this);
    void this.settle();
  }

  /** Accepts a state that was read after the last click was settled. */
  update(state: LikeState): void {
    this.state = this.considerLateCalls(state);
  }

  private async settle(): Promise<void> {
    if (this.isSettling) return;
    this.isSettling = true;
    while (this.wanted !== undefined) {
      const { wanted } = this;
      let failure: Failure | undefined;
      try {
        const answer = await this.likes.set(this.target, wanted);
        const state = this.hadLostClick ? await this.readAfterLostClick() : answer;
        this.state = this.considerLateCalls(state);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failure = error;
        this.state = await this.readAfterFailure(error, wanted);
      }
      this.hadLostClick ||= mayChangeLate(this.state);
      // A newer click is sent, too, unless its state is already confirmed.
      const isLast = this.wanted === wanted;
      if (isLast || this.wanted === this.state.liked) {
        this.wanted = undefined;
        this.settledAt = performance.now();
        this.failure = isLast ? this.withoutContradiction(failure) : undefined;
      }
      this.onChange(this);
    }
    this.isSettling = false;
  }

  /** After a lost click, the heart itself says when to click again. */
  private withoutContradiction(failure: Failure | undefined): Failure | undefined {
    const isLost = this.state.source === 'pending' && failure?.details.effect !== 'none';
    return isLost ? failure?.withoutFix() : failure;
  }

  /** Reads the state after a failure. If that fails too, a click without effect changed nothing. */
  private async readAfterFailure({ details }: Failure, wanted: boolean): Promise<LikeState> {
    if (details.effect === 'in_flight') this.addLateCall(wanted);
    try {
      return this.considerLateCalls(await this.likes.get(this.target));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return details.effect === 'none' ? this.state : PENDING;
    }
  }

  /** Reads the state after a confirmed click, because an earlier lost click may still change it. */
  private async readAfterLostClick(): Promise<LikeState> {
    try {
      return await this.likes.get(this.target);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return PENDING;
    }
  }

  /** Returns the reported state, or `PENDING` if a late call may still change it. */
  private considerLateCalls(state: LikeState): LikeState {
    return [...this.lateCalls].every((liked) => liked === state.liked) ? state : PENDING;
  }

  private addLateCall(wanted: boolean): void {
    this.lateCalls.add(wanted);
    this.lateCallsEndAt = performance.now() + LATE_CALL_MS;
    setTimeout(() => void this.endLateCalls(), LATE_CALL_MS);
  }

  /** Reads the state again once no call can arrive late. */
  private async endLateCalls(): Promise<void> {
    // A later call has its own timer.
    if (this.lateCallsEndAt - performance.now() > 1) return;
    this.lateCalls.clear();
    if (this.isSending) return;
    try {
      const state = await this.likes.get(this.target);
      if (this.wanted !== undefined) return;
      this.state = state;
      this.onChange(this);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
}

/** Whether a click that is not known here may still change the state. */
function mayChangeLate({ source }: LikeState): boolean {
  return source === 'pending' || source === 'restored';
}

/** Instagram's count without the account's like. Of no likes, none is the account's. */
function toCountWithoutOwnLike(
  count: number | undefined,
  liked: boolean | null,
): number | undefined {
  if (count === undefined || count === 0) return count;
  return liked === null ? undefined : count - Number(liked);
}
