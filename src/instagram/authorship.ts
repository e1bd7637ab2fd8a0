import type { Comment, InstagramAccount } from './graph-objects.js';

/** What identifies an account among the authors of comments. */
export interface AccountIdentity {
  readonly igUserId: string;
  readonly username: string;
  /** Whether Instagram reported the name. Otherwise the name was sealed at setup and may be old. */
  readonly isCurrentName: boolean;
}

/**
 * The identity of a connected account.
 *
 * @param reported the account as Instagram last reported it; its name replaces the sealed one.
 */
export function identityOf(
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
 * Whether an account wrote a comment. The account's id decides. An author without an id, or with
 * another id, is compared by name: Meta documents `from.id` as an Instagram-scoped id, which need
 * not be the account's own. Against another id only the current name counts, because
 * a stranger can take an old one.
 */
export function isWrittenBy(
  { authorId, username }: Pick<Comment, 'authorId' | 'username'>,
  identity: AccountIdentity,
): boolean {
  if (authorId === identity.igUserId) return true;
  if (authorId !== undefined && !identity.isCurrentName) return false;
  return username?.toLowerCase() === identity.username.toLowerCase();
}
