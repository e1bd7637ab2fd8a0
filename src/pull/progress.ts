import type { Position } from './pull-state.js';

/** How far a sweep has come in Instagram's lists. */
export class Progress {
  /** Whether a post or page was finished. */
  hasAdvanced = false;

  constructor(private at: Position) {}

  /** Where the next pull continues. */
  get position(): Position {
    return this.at;
  }

  moveTo(position: Position): void {
    this.at = position;
  }

  advance(position: Position = this.at): void {
    this.at = position;
    this.hasAdvanced = true;
  }
}
