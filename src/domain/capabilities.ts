import type { InstagramActor } from './account.js';
import type { ErrorCode } from './error-codes.js';
import { RECONNECT } from './fixes.js';

/** Reads the account itself. */
const BASIC_SCOPE = 'instagram_basic';
/** Likes; Meta offers it with Facebook Login only. */
export const LIKE_SCOPE = 'instagram_manage_engagement';
/** Reads, writes, hides and deletes comments. */
export const COMMENT_SCOPE = 'instagram_manage_comments';
/** Sends private replies, according to one of Meta's two pages on them. */
export const MESSAGE_SCOPE = 'pages_messaging';

/** The actions that Meta's permissions distinguish. */
export type Capability = 'like' | 'comment' | 'message';

/**
 * The permissions that an action needs (Instagram Platform, "Permissions"). Only one of Meta's two
 * pages on private replies requires `pages_messaging`; without it, success is uncertain.
 */
export const REQUIRED_SCOPES: Readonly<Record<Capability, readonly string[]>> = {
  like: [BASIC_SCOPE, LIKE_SCOPE],
  comment: [BASIC_SCOPE, COMMENT_SCOPE],
  message: [BASIC_SCOPE, COMMENT_SCOPE, MESSAGE_SCOPE],
};

/** The setting that lists the actions of agents, as the name of what is missing. */
export const MISSING_SETTING = 'ALLOWED_ACTIONS';
/** The Facebook Page with its token, as the name of what is missing. */
const MISSING_PAGE = 'facebook_page';

/** Why an account cannot do something, in sentences for the agent. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
  readonly level?: 'info' | 'warn';
  /** What is missing: a permission of Meta, `facebook_page` or `ALLOWED_ACTIONS`. */
  readonly missing?: string;
}

/** For a token that Instagram refused and for an expired one. */
export const LOGIN_ENDED = "The account's login at Instagram has ended.";

/** The reason why a call would fail, from the account's facts alone; Instagram is not asked. */
export function findRefusal(
  capability: Capability,
  account: InstagramActor,
  now: number,
): Refusal | undefined {
  if (account.dialect !== 'facebook_login') return buildLoginRefusal(capability);
  if (account.expiresAt !== undefined && account.expiresAt <= now) {
    return { code: 'auth_expired', message: LOGIN_ENDED, fix: RECONNECT, level: 'warn' };
  }
  const scope = capability === 'like' ? LIKE_SCOPE : COMMENT_SCOPE;
  if (!account.scopes.has(scope)) {
    return {
      code: 'permission_missing',
      message: `The account was connected without the permission ${scope}.`,
      fix: `Ask an administrator to reconnect the Instagram account and grant ${scope}.`,
      level: 'warn',
      missing: scope,
    };
  }
  if (
    capability === 'message' &&
    (account.pageId === undefined || account.pageToken === undefined)
  ) {
    return {
      code: 'permission_missing',
      message: 'The account was connected without its Facebook Page, which sends its messages.',
      fix: RECONNECT,
      level: 'warn',
      missing: MISSING_PAGE,
    };
  }
  return undefined;
}

function buildLoginRefusal(capability: Capability): Refusal {
  return {
    code: capability === 'like' ? 'like_requires_facebook_login' : 'facebook_login_required',
    message:
      capability === 'like'
        ? 'The account is connected with Instagram Login, which has no likes.'
        : 'The account is connected with Instagram Login, which this service does not support yet.',
    fix: 'Ask an administrator to reconnect the Instagram account with Facebook Login.',
  };
}
