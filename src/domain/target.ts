/** Instagram's ids of the two kinds are separate. */
export const TARGET_KINDS = ['media', 'comment'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** A post or a comment that an action is about. */
export interface Target {
  readonly kind: TargetKind;
  /** Instagram's id, 1 to 30 digits. */
  readonly id: string;
}
