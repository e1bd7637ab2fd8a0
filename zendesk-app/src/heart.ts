import { Failure } from './failure.js';
import type { Known, Likeable, Target } from './thread.js';

/** How a heart reaches the service. */
export interface Likes {
  /** @throws {Failure} */
  set(target: Target, liked: boolean): Promise<Known>;
  /** @throws {Failure} */
  ask(target: Target): Promise<Known>;
}

/**
 * How long a call that was given up may still arrive at the service, in milliseconds. Zendesk does not say how long it holds one; the service itself
 * takes a minute at most.
 */
export const STRAY_MS = 60_000;

/** Sent, and never confirmed. */
const LOST: Known = { liked: null, source: 'pending', changedAt: undefined };

/**
 * One heart. It shows the agent's wish at once and what is true as soon as that is known. Its calls go out one after the
 * other, so that the last wish is the last thing that Instagram is told.
 */
export class Heart {
  readonly target: Target;
  /** What the service said last. */
  known: Known;
  /**
   * Whether a click of it was ever lost. The service keeps such a click in mind for two minutes: what a later one was answered may not
   * be what it holds, so that it is asked.
   */
  wasLost: boolean;
  /** Why the last click did not do what it should. */
  failure: Failure | undefined;
  /** When the last click was settled, on the page's own clock. */
  settledAt = -1;
  /** What the agent wants, until it is so or cannot be. */
  private wish: boolean | undefined;
  private isSettling = false;
  /** Wishes whose calls were given up and may still arrive, until then on the page's own clock. */
  private readonly strays = new Set<boolean>();
  private straysUntil = 0;
  private readonly countTold: number | undefined;
  private readonly countWithoutOwn: number | undefined;

  constructor(
    likeable: Likeable,
    private readonly likes: Likes,
    /** Told whenever something of it has changed. */
    private readonly onChange: (heart: Heart) => void,
    /** As the heart before it, for the same target. */
    wasLost: boolean,
  ) {
    this.target = likeable.target;
    this.known = likeable.known;
    this.wasLost = wasLost || isPending(likeable.known);
    const { likeCount, known } = likeable;
    this.countTold = likeCount;
    this.countWithoutOwn =
      likeCount === undefined || known.liked === null
        ? undefined
        : Math.max(0, likeCount - Number(known.liked));
  }

  /** What the heart shows. */
  get liked(): boolean | null {
    return this.wish ?? this.known.liked;
  }

  get isSending(): boolean {
    return this.wish !== undefined;
  }

  /** Whether a call that was given up may still change it. */
  get mayChange(): boolean {
    return this.strays.size > 0;
  }

  /** Instagram's count; moved by the own like where it is known that it was or was not in it. */
  get likeCount(): number | undefined {
    const { countWithoutOwn, liked } = this;
    if (countWithoutOwn === undefined || liked === null) return this.countTold;
    return countWithoutOwn + Number(liked);
  }

  /** The opposite of what it shows; of what is not known, a like. */
  click(): void {
    this.wish = this.liked !== true;
    this.failure = undefined;
    this.onChange(this);
    void this.settle();
  }

  /** Takes what was told since the last click was settled. */
  hear(told: Known): void {
    this.known = this.trusted(told);
  }

  private async settle(): Promise<void> {
    if (this.isSettling) return;
    this.isSettling = true;
    while (this.wish !== undefined) {
      const wish = this.wish;
      let failure: Failure | undefined;
      try {
        const answer = await this.likes.set(this.target, wish);
        this.known = this.trusted(this.wasLost ? await this.truthAfterLost() : answer);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failure = error;
        this.known = await this.truthAfter(error, wish);
      }
      this.wasLost ||= isPending(this.known);
      // A click meanwhile is a newer wish: only where it is not true already, it is sent too.
      const isLast = this.wish === wish;
      if (isLast || this.wish === this.known.liked) {
        this.wish = undefined;
        this.settledAt = performance.now();
        this.failure = isLast ? failure : undefined;
      }
      this.onChange(this);
    }
    this.isSettling = false;
  }

  /** What is true after a click that failed. The service knows; where it cannot be asked it is as before, if the click had no effect. */
  private async truthAfter({ details }: Failure, wish: boolean): Promise<Known> {
    if (details.effect === 'under_way') this.noteStray(wish);
    try {
      return this.trusted(await this.likes.ask(this.target));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return details.effect === 'none' ? this.known : LOST;
    }
  }

  /** What the service tells, unless a call that may still arrive there would make it untrue. */
  private trusted(told: Known): Known {
    return [...this.strays].every((liked) => liked === told.liked) ? told : LOST;
  }

  private noteStray(wish: boolean): void {
    this.strays.add(wish);
    this.straysUntil = performance.now() + STRAY_MS;
    setTimeout(() => void this.endStrays(), STRAY_MS);
  }

  /** From now on, what the service tells stays true. */
  private async endStrays(): Promise<void> {
    // A later one has a timer of its own.
    if (this.straysUntil - performance.now() > 1) return;
    this.strays.clear();
    if (this.isSending) return;
    try {
      const told = await this.likes.ask(this.target);
      if (this.wish !== undefined) return;
      this.known = told;
      this.onChange(this);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  /** What is true after a click that was confirmed, where an earlier one may still take effect. */
  private async truthAfterLost(): Promise<Known> {
    try {
      return await this.likes.ask(this.target);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return LOST;
    }
  }
}

function isPending({ source }: Known): boolean {
  return source === 'pending';
}
