/** The permission that Meta asks for likes. Only Facebook Login has it. */
export const LIKE_SCOPE = 'instagram_manage_engagement';

/** The permission that Meta asks for reading, writing, hiding and deleting comments. */
export const COMMENT_SCOPE = 'instagram_manage_comments';

/** The permission that one of Meta's two pages on private replies asks for. */
export const MESSAGE_SCOPE = 'pages_messaging';

/** What can be liked. Instagram's ids of the two kinds are kept apart. */
export type TargetKind = 'media' | 'comment';

/** What a like goes to. */
export interface Target {
  readonly kind: TargetKind;
  /** Instagram's id: 1 to 30 digits, never a number, since most are beyond what a number holds. */
  readonly id: string;
}
