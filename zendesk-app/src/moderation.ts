import { Failure } from './failure.js';

export type CommentAction = 'hide' | 'show' | 'delete' | 'reply';

/** Acts on comments through the service. */
export interface CommentCalls {
  /** @throws {Failure} */
  setHidden(commentId: string, hidden: boolean): Promise<void>;
  /** @throws {Failure} */
  delete(commentId: string): Promise<void>;
  /** @throws {Failure} */
  replyPrivately(commentId: string, message: string): Promise<void>;
  /**
   * Reads whether a comment is hidden; undefined if Instagram no longer shows it to the account.
   *
   * @throws {Failure}
   */
  readHidden(commentId: string): Promise<boolean | undefined>;
}

/**
 * How long a call without an answer may still take effect: it may reach the service for a minute,
 * and Instagram for two more.
 */
export const LATE_EFFECT_MS = 180_000;

/** The code with which the service says that a private reply is no longer possible. */
const REPLY_CLOSED = 'private_reply_closed';

/**
 * What agents know and do about one comment besides likes. An answer that was lost makes the state
 * unknown until Instagram reports the requested one, or until the call can no longer take effect.
 */
export class Moderation {
  /** Whether the comment is hidden; null for unknown. */
  hidden: boolean | null;
  /** `gone`: Instagram no longer shows it, and no answer says why. */
  existence: 'exists' | 'unknown' | 'deleted' | 'gone' = 'exists';
  /** `closed`: Instagram accepts no private reply. */
  reply: 'open' | 'unknown' | 'sent' | 'closed' = 'open';
  /** Whether the answer to an earlier private reply was lost. */
  hadLostReply = false;
  /** The action that is in progress. */
  sending: CommentAction | undefined;
  /** Why the last action failed. */
  failure: Failure | undefined;
  /** Calls without an answer that may still take effect. */
  private lateCalls: { readonly action: CommentAction; readonly until: number }[] = [];
  /** When the last action was settled, by `performance.now()`. */
  private settledAt = -1;

  constructor(
    readonly commentId: string,
    hidden: boolean,
    private readonly calls: CommentCalls,
    private readonly onChange: (moderation: Moderation) => void,
  ) {
    this.hidden = hidden;
  }

  /** Whether it holds something that a reload of the thread would lose. */
  get mustStay(): boolean {
    const now = performance.now();
    const isLate = this.lateCalls.some(({ until }) => until > now);
    return this.sending !== undefined || this.reply !== 'open' || isLate;
  }

  get isShown(): boolean {
    return this.existence === 'exists' || this.existence === 'unknown';
  }

  /** Performs an action, unless another one is in progress. `message` is for a private reply. */
  async perform(action: CommentAction, message = ''): Promise<void> {
    if (this.sending !== undefined) return;
    this.sending = action;
    this.failure = undefined;
    this.onChange(this);
    try {
      await this.call(action, message);
      this.confirm(action);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await this.fail(action, error);
    }
    this.sending = undefined;
    this.settledAt = performance.now();
    this.onChange(this);
  }

  /** Accepts what a reload reported, unless an action was settled after its request. */
  update(hidden: boolean, requestedAt: number): void {
    if (this.sending !== undefined || this.settledAt >= requestedAt) return;
    this.failure = undefined;
    this.accept(hidden);
  }

  private call(action: CommentAction, message: string): Promise<void> {
    switch (action) {
      case 'hide':
      case 'show':
        return this.calls.setHidden(this.commentId, action === 'hide');
      case 'delete':
        return this.calls.delete(this.commentId);
      case 'reply':
        return this.calls.replyPrivately(this.commentId, message);
    }
  }

  private confirm(action: CommentAction): void {
    switch (action) {
      case 'hide':
      case 'show':
        this.accept(action === 'hide');
        return;
      case 'delete':
        this.existence = 'deleted';
        return;
      case 'reply':
        this.reply = 'sent';
    }
  }

  private async fail(action: CommentAction, failure: Failure): Promise<void> {
    const isLost = failure.details.effect !== 'none';
    // The note about the unknown state says what to do.
    this.failure = isLost ? failure.withoutFix() : failure;
    if (action === 'reply') {
      if (isLost) {
        this.reply = 'unknown';
        this.hadLostReply = true;
      } else if (failure.details.code === REPLY_CLOSED) {
        this.reply = 'closed';
        this.failure = undefined;
      }
      return;
    }
    if (!isLost) return;
    this.lateCalls.push({ action, until: performance.now() + LATE_EFFECT_MS });
    try {
      this.accept(await this.calls.readHidden(this.commentId));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (action === 'delete') this.existence = 'unknown';
      else this.hidden = null;
    }
  }

  /** Accepts what Instagram reports, as far as no call without an answer can still change it. */
  private accept(hidden: boolean | undefined): void {
    const now = performance.now();
    this.lateCalls = this.lateCalls.filter(({ until }) => until > now);
    if (hidden === undefined) {
      this.existence = 'gone';
      return;
    }
    const late = this.lateCalls.map(({ action }) => action);
    this.existence = late.includes('delete') ? 'unknown' : 'exists';
    this.hidden = late.includes(hidden ? 'show' : 'hide') ? null : hidden;
  }
}
