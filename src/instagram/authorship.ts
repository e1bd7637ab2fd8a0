import type { Comment, InstagramAccount } from './graph-objects.js';

/** Identifies an account among the authors of comments. */
export interface AccountIdentity {
  readonly igUserId: string;
  readonly username: string;
  /** Whether Instagram reported the name. Otherwise it was sealed during setup and may be old. */
  readonly isCurrentName: boolean;
}

/** @param reported Instagram's last report of the account; its name replaces the sealed one. */
export function toIdentity(
  sealed: { readonly igUserId: string; readonly username: string },
  reported: Pick<InstagramAccount, 'username'>,
): AccountIdentity {
  return {
    igUserId: sealed.igUserId,
    username: reported.username ?? sealed.username,
    isCurrentName: reported.username !== undefined,
  };
}

/**
 * Whether an account wrote a comment. The account's id decides. An author with no id or another id
 * is compared by name: Meta documents `from.id` as an Instagram-scoped id, which may differ from
 * the account's own id. For another id only the current name counts, because a stranger can take
 * an old name.
 */
export function isWrittenBy(
  { authorId, username }: Pick<Comment, 'authorId' | 'username'>,
  identity: AccountIdentity,
): boolean {
  if (authorId === identity.igUserId) return true;
  if (authorId !== undefined && !identity.isCurrentName) return false;
  return username?.toLowerCase() === identity.username.toLowerCase();
}
