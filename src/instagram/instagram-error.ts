import type { ErrorCode } from '../common/errors/error-code.js';
import { ServiceError, type ServiceErrorOptions } from '../common/errors/service-error.js';

/**
 * Whether a failed write may have taken effect at Instagram all the same. `none`: certainly not, it was refused or never
 * sent. `unknown`: it was sent, and no answer says what became of it.
 */
export type WriteEffect = 'none' | 'unknown';

/** A call to Instagram failed. */
export class InstagramError extends ServiceError {
  readonly effect: WriteEffect;

  constructor(
    code: ErrorCode,
    message: string,
    options: ServiceErrorOptions & { effect: WriteEffect },
  ) {
    super(code, message, options);
    this.effect = options.effect;
  }
}
