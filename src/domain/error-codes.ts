/** When a repeat of the failed call may succeed. */
type Retry =
  /** Soon, unchanged. */
  | 'later'
  /** After an administrator has connected the account again. */
  | 'after_reconnection'
  /** Only with another request or target. */
  | 'after_change';

/**
 * Which other calls fail as well. `account`: all calls for the account. `target`: calls about the
 * same post or comment. `call`: none.
 */
export type ErrorReach = 'account' | 'target' | 'call';

/**
 * Whether a failed write may have taken effect on Instagram. `none`: Instagram refused it or it
 * was never sent. `unknown`: it was sent, and no answer reported its outcome.
 */
export type WriteEffect = 'none' | 'unknown';

interface ErrorCodeFacts {
  /**
   * The HTTP status of the error. A proxied call itself always gets 200, because Zendesk does not
   * document that it passes other answers on to the app. The body contains the status.
   */
  readonly status: number;
  readonly retry: Retry;
  /** The usual reach; an `InstagramError` may know better. */
  readonly reach: ErrorReach;
  /** The effect to assume when only the code is known, as in the sidebar app. */
  readonly effect: WriteEffect;
}

/** The closed list of error codes that an answer can contain, in the order of docs/protocol.md. */
export const ERRORS = {
  /** `client_data` is invalid; nothing was sent to Instagram. */
  invalid_request: { status: 422, retry: 'after_change', reach: 'target', effect: 'none' },
  /** The metadata was sealed elsewhere, or this version cannot use its content. */
  metadata_invalid: { status: 401, retry: 'after_reconnection', reach: 'target', effect: 'none' },
  /** The account's access token has expired, or its session was ended. */
  auth_expired: { status: 401, retry: 'after_reconnection', reach: 'account', effect: 'none' },
  /** The account's owner removed the app at Meta. */
  auth_revoked: { status: 401, retry: 'after_reconnection', reach: 'account', effect: 'none' },
  /** Meta wants the account's owner to confirm something before it accepts more calls. */
  auth_checkpoint: { status: 401, retry: 'after_reconnection', reach: 'target', effect: 'none' },
  /** The token lacks a permission, or the Meta app lacks access. */
  permission_missing: { status: 403, retry: 'after_reconnection', reach: 'target', effect: 'none' },
  /** The account is connected with Instagram Login, for which Meta offers no likes. */
  like_requires_facebook_login: {
    status: 403,
    retry: 'after_reconnection',
    reach: 'target',
    effect: 'none',
  },
  /** The account is connected with Instagram Login; comments and messages need Facebook Login. */
  facebook_login_required: {
    status: 403,
    retry: 'after_reconnection',
    reach: 'target',
    effect: 'none',
  },
  /** The target does not exist, is not visible to the account, or cannot be liked (a story). */
  target_not_likeable: { status: 422, retry: 'after_change', reach: 'target', effect: 'none' },
  /** The target does not exist, is not visible to the account, or does not allow the action. */
  target_unavailable: { status: 422, retry: 'after_change', reach: 'target', effect: 'none' },
  /** Instagram accepts no private reply to the comment: one was sent, or seven days are over. */
  private_reply_closed: { status: 422, retry: 'after_change', reach: 'target', effect: 'none' },
  /** Zendesk has not announced the ticket, or it contains no post or comment of the account. */
  ticket_unknown: { status: 404, retry: 'after_change', reach: 'target', effect: 'none' },
  /** The account has reached one of Meta's call limits. */
  rate_limited: { status: 429, retry: 'later', reach: 'account', effect: 'none' },
  /** Meta blocks this account's activity as unusual; a repeat makes it worse. */
  action_blocked: { status: 429, retry: 'later', reach: 'account', effect: 'none' },
  /** Instagram was unreachable or gave an unusable answer. */
  platform_unavailable: { status: 502, retry: 'later', reach: 'call', effect: 'unknown' },
  /** The time for the whole call ran out. */
  deadline_exceeded: { status: 504, retry: 'later', reach: 'call', effect: 'unknown' },
  /** This service failed. */
  internal: { status: 503, retry: 'later', reach: 'call', effect: 'unknown' },
} as const satisfies Record<string, ErrorCodeFacts>;

export type ErrorCode = keyof typeof ERRORS;

/** Every code, in the order of the table. */
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** Whether the same call may succeed soon. */
export function isTransient(code: ErrorCode): boolean {
  return ERRORS[code].retry === 'later';
}

/** Whether only a new connection of the account can fix it. */
export function needsReconnection(code: ErrorCode): boolean {
  return ERRORS[code].retry === 'after_reconnection';
}
