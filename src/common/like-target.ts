/** What can be liked. Instagram's ids of the two kinds are kept apart. */
export type TargetKind = 'media' | 'comment';

/** What a like goes to. */
export interface LikeTarget {
  readonly kind: TargetKind;
  /** Instagram's id: 1 to 30 digits, never a number, since most are beyond what a number holds. */
  readonly id: string;
}
