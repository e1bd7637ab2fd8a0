import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ERROR_CODES, ERRORS, type ErrorCode } from '../domain/error-codes.js';
import type { ServiceError } from '../common/errors/service-error.js';
import { SEE_LOG } from '../domain/fixes.js';

@ApiSchema({ name: 'ProxyError' })
export class ProxyErrorBody {
  @ApiProperty({ enum: ERROR_CODES, description: 'One of a closed list.' })
  code: ErrorCode;

  @ApiProperty({ description: 'The problem, for the agent to read.' })
  message: string;

  @ApiProperty({
    type: 'integer',
    enum: [...new Set(Object.values(ERRORS).map(({ status }) => status))].sort(),
    description: 'The HTTP status that belongs to the code.',
  })
  status: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Seconds to wait before a retry; present if Instagram reports them.',
  })
  retry_after_seconds?: number;

  @ApiPropertyOptional({ description: 'How to fix it, for the agent to read.' })
  fix?: string;
}

/** The answer to a proxied call that failed. Its HTTP status is 200: see `ERRORS`. */
export class ProxyErrorAnswer {
  @ApiProperty({ enum: [false] })
  ok: false;

  @ApiProperty()
  error: ProxyErrorBody;
}

/**
 * Builds the answer for the app. It contains nothing from the request or the metadata. From
 * Instagram's answer it contains only the sentence for the person, if a text or target is refused.
 */
export function buildErrorAnswer(error: ServiceError): ProxyErrorAnswer {
  const { code, message, httpStatus, retryAfterSeconds, fix } = error;
  return {
    ok: false,
    error: {
      code,
      message,
      status: httpStatus,
      ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
      ...(fix === undefined ? {} : { fix }),
    },
  };
}

/** The answer to a call that failed with an unexpected error. */
export const INTERNAL_ERROR_ANSWER: ProxyErrorAnswer = {
  ok: false,
  error: {
    code: 'internal',
    message: 'Something went wrong in the Instagram service.',
    status: ERRORS.internal.status,
    fix: SEE_LOG,
  },
};
