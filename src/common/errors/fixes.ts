/** What an agent is told where only the account's administrator can help. */
export const RECONNECT = 'Ask an administrator to reconnect the Instagram account.';
/** What an agent is told where the operator of the service can help. */
export const SEE_LOG = 'Ask an administrator to look at the log of the Instagram service.';
/** What an agent is told where time helps. */
export const TRY_AGAIN = 'Try again in a moment.';
