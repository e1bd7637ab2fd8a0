/**
 * The closed list of error codes that a proxy answer can carry, with the HTTP status that each stands for.
 * A proxied call is itself always answered 200, because it is not documented whether Zendesk hands
 * the body of any other answer to the app; the status travels in the body instead.
 */
export const ERROR_STATUS = {
  /** `client_data` is not what the route takes; nothing was sent to Instagram. */
  invalid_request: 422,
  /** The metadata does not open here, or opens to something that this version cannot use. */
  metadata_invalid: 401,
  /** The account's access token has run out, or its session was ended. */
  auth_expired: 401,
  /** The account's owner removed the app at Meta. */
  auth_revoked: 401,
  /** Meta asks the account's owner to confirm something before it accepts calls again. */
  auth_checkpoint: 401,
  /** The token lacks a permission, or the Meta app lacks the capability. */
  permission_missing: 403,
  /** The account is connected with Instagram Login, for which Meta offers no likes. */
  like_requires_facebook_login: 403,
  /** The photo or comment does not exist, is not visible to the account, or cannot be liked (a story). */
  target_not_likeable: 422,
  /** The photo or comment does not exist, is not visible to the account, or does not allow what was asked. */
  target_unavailable: 422,
  /** Zendesk has not told this service of the ticket, or it holds no post or comment of the account. */
  ticket_unknown: 404,
  /** Meta's call limits are used up for now. */
  rate_limited: 429,
  /** Meta holds this account's activity back as unusual; repeating makes it worse. */
  action_blocked: 429,
  /** Instagram could not be reached or gave no usable answer. */
  platform_unavailable: 502,
  /** The time for the whole call ran out. */
  deadline_exceeded: 504,
  /** A fault of this service. */
  internal: 503,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Every code, in the order of the documentation. */
export const ERROR_CODES = Object.keys(ERROR_STATUS) as ErrorCode[];
