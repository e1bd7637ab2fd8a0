import type { Account } from '../domain/account.js';
import type { ErrorCode } from '../domain/error-codes.js';
import type { Media } from '../instagram/graph-objects.js';
import {
  blocksTarget,
  blocksWholeAccount,
  type InstagramError,
} from '../instagram/instagram-error.js';
import type { PullMemory } from './pull-memory.js';
import { LEFT_OUT_MAX, type Place, type PostsLeftOut, type PullState } from './pull-state.js';

/** After this many pulls that failed at the same post, the sweep leaves it out. */
export const FAILURES_MAX = 3;

export interface SkippedPostsOptions {
  readonly account: Account;
  readonly memory: PullMemory;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Notified of each post, or replies in it, that Instagram refused. */
  readonly onLeftOut: (media: Media, code: ErrorCode) => void;
}

/** Decides which posts a sweep leaves out, and records them for a later sweep. */
export class SkippedPosts {
  private leftOut: PostsLeftOut;
  private incomplete: true | undefined;
  private refusal: ErrorCode | undefined;
  /** Whether resting posts are read: the last sweep could read no post. */
  private readsResting: boolean;

  constructor(
    private readonly state: PullState,
    private readonly options: SkippedPostsOptions,
  ) {
    this.leftOut = state.place?.leftOut ?? {};
    this.incomplete = state.place?.incomplete;
    this.readsResting = options.memory.wasUnreadable(options.account);
  }

  get record(): Pick<Place, 'leftOut' | 'incomplete'> {
    const { leftOut, incomplete } = this;
    return { leftOut, incomplete };
  }

  /** Why the last post that was left out could not be read. */
  get lastRefusal(): ErrorCode | undefined {
    return this.refusal;
  }

  /** The sweep starts again at the first post. */
  restart(): void {
    this.leftOut = {};
    this.incomplete = undefined;
  }

  /** Whether the last whole sweep left the post out. */
  wasLeftOut({ id }: Media): boolean {
    return id in this.state.leftOut;
  }

  /** The time since when comments of the post are unread. */
  readUnreadSince({ id }: Media): number {
    return this.state.leftOut[id] ?? this.state.since;
  }

  /** @returns whether the post rests after earlier refusals, and is left out. */
  leaveOutResting(media: Media): boolean {
    const { account, memory, now } = this.options;
    const code = memory.findRest(account, media.id, now);
    if (code === undefined || this.readsResting) return false;
    this.leaveOut(media, code);
    return true;
  }

  /**
   * @param callHadTime whether the failed call began with a fair share of the pull's time.
   * @returns whether the error counts against the post, which is left out.
   */
  leaveOutFailed(media: Media, error: InstagramError, callHadTime: boolean): boolean {
    if (!this.isPostToBlame(media, error, callHadTime)) return false;
    this.readsResting = false;
    this.refuse(media, media.id, error.code);
    return true;
  }

  /** Whether the further replies to a comment rest. */
  areRepliesResting(media: Media, commentId: string): boolean {
    const { account, memory, now } = this.options;
    return memory.findRest(account, `${media.id}/${commentId}`, now) !== undefined;
  }

  leaveOutReplies(media: Media, commentId: string, { code }: InstagramError): void {
    this.refuse(media, `${media.id}/${commentId}`, code);
  }

  /**
   * A refusal counts against the post: the post or a comment is gone, a cursor has expired, or
   * Instagram withholds the post. Other errors are retried in the next pulls first.
   */
  private isPostToBlame(media: Media, error: InstagramError, callHadTime: boolean): boolean {
    if (blocksWholeAccount(error)) return false;
    if (blocksTarget(error)) return true;
    if (error.code === 'deadline_exceeded' && !callHadTime) return false;
    const { account, memory } = this.options;
    return memory.countFailure(account.igUserId, media.id) >= FAILURES_MAX;
  }

  private refuse(media: Media, key: string, code: ErrorCode): void {
    const { account, memory, now, onLeftOut } = this.options;
    memory.noteRefusal(account, key, code, now);
    onLeftOut(media, code);
    this.leaveOut(media, code);
  }

  private leaveOut(media: Media, code: ErrorCode): void {
    const leftOut = { ...this.leftOut, [media.id]: this.readUnreadSince(media) };
    if (Object.keys(leftOut).length <= LEFT_OUT_MAX) this.leftOut = leftOut;
    else this.incomplete = true;
    this.refusal = code;
  }
}
