/** Connections to Instagram, as many as the service opens by default. */
export const CONNECTIONS_MAX = 1000;
/** Time for a call of Instagram, as the service has for a whole call. */
export const TIMEOUT_MS = 8000;
