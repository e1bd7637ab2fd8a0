import { StartupError } from './startup-error.js';

/**
 * The error for a server that cannot listen; the original error if the system gave no reason.
 *
 * @param settings the names of the settings with the address.
 */
export function toListenError(settings: string, error: NodeJS.ErrnoException): Error {
  const { code } = error;
  if (code === undefined) return error;
  return new StartupError('The service cannot start.', [
    `${settings} name an address at which it cannot listen (${code})`,
  ]);
}
