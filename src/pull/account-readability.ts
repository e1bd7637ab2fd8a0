import { type ErrorCode, needsReconnection } from '../domain/error-codes.js';
import type { Media } from '../instagram/graph-objects.js';

/**
 * Collects whether Instagram allows reading the account's posts at all. One refused post says
 * nothing about the account: Meta refuses single posts with the codes of a missing permission.
 */
export class AccountReadability {
  private hasSeenComments = false;
  /** Whether Instagram counted comments of a post and returned none. */
  private hasSeenHidden = false;
  private uncommented: Media | undefined;

  /** @param readable whether an earlier pull of this sweep could read a post. */
  constructor(private readable: boolean) {}

  /** Whether any post could be read. */
  get isReadable(): boolean {
    return this.readable;
  }

  /**
   * Whether Instagram counts comments and returns none, as it does without Advanced Access.
   * Undefined if no post with comments was read.
   */
  get hidesComments(): boolean | undefined {
    return this.hasSeenHidden || this.hasSeenComments ? !this.hasSeenComments : undefined;
  }

  /** The sweep starts again at the first post. */
  restart(): void {
    this.readable = false;
  }

  notePostRead(): void {
    this.readable = true;
  }

  /** Notes a post that needs no call. */
  notePostSkipped(media: Media): void {
    if (media.commentsCount === 0) this.uncommented ??= media;
    else this.readable = true;
  }

  /** Notes that all comments of a post with this count were read. */
  noteList(commentsCount: number, hasComments: boolean): void {
    if (hasComments) this.hasSeenComments = true;
    else if (commentsCount > 0) this.hasSeenHidden = true;
  }

  /**
   * A post without comments to read, where all others were refused for a missing permission: if
   * its comments can be read, the account is readable.
   */
  pickTestPost(lastRefusal: ErrorCode | undefined): Media | undefined {
    const isInDoubt = !this.readable && lastRefusal !== undefined && needsReconnection(lastRefusal);
    return isInDoubt ? this.uncommented : undefined;
  }
}
