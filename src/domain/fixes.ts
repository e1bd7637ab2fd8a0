/** Advice to the agent when the account's administrator can help. */
export const RECONNECT = 'Ask an administrator to reconnect the Instagram account.';
/** Advice to the agent when the operator of this service can help. */
export const SEE_LOG = 'Ask an administrator to look at the log of the Instagram service.';
/** Advice to the agent when waiting helps. */
export const TRY_AGAIN = 'Try again in a moment.';
