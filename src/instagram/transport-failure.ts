import { TRY_AGAIN } from '../domain/fixes.js';
import { InstagramError, type ReadRemedy } from './instagram-error.js';

/** What is known about a request without a usable answer. */
interface Failure {
  /** Whether a part of the request may have reached Instagram. */
  readonly sent: boolean;
  readonly isLate: boolean;
  /** The error of the HTTP client. Only its code is kept: it may contain the token. */
  readonly error: unknown;
  readonly remedy?: ReadRemedy | undefined;
}

/** The error for a request without a usable answer. */
export function toTransportError({ sent, isLate, error, remedy }: Failure): InstagramError {
  const facts = {
    effect: sent ? 'unknown' : 'none',
    fix: TRY_AGAIN,
    level: 'warn',
    log: { sent, network_error: readNetworkCode(error) },
  } as const;
  if (isLate) {
    return new InstagramError('deadline_exceeded', 'Instagram did not answer in time.', facts);
  }
  const message = sent
    ? 'The connection to Instagram broke before it answered.'
    : 'Instagram cannot be reached.';
  return new InstagramError('platform_unavailable', message, { ...facts, remedy });
}

function readNetworkCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : undefined;
}
