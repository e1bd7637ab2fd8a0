/** Instagram's ids of the two kinds are separate. */
export type TargetKind = 'media' | 'comment';

/** A post or a comment that an action is about. */
export interface Target {
  readonly kind: TargetKind;
  /** Instagram's id, 1 to 30 digits. */
  readonly id: string;
}
