import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ERROR_CODES, ERRORS, type ErrorCode } from '../domain/error-codes.js';
import type { ServiceError } from '../common/errors/service-error.js';
import { SEE_LOG } from '../domain/fixes.js';

@ApiSchema({ name: 'ProxyError' })
export class ProxyErrorBody {
  @ApiProperty({ enum: ERROR_CODES, description: 'One of a closed list.' })
  code: ErrorCode;

  @ApiProperty({ description: 'What went wrong, for the agent to read.' })
  message: string;

  @ApiProperty({
    type: 'integer',
    enum: [...new Set(Object.values(ERRORS).map(({ status }) => status))].sort(),
    description: 'The HTTP status that the error stands for.',
  })
  status: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Seconds after which another try may succeed, where Instagram says so.',
  })
  retry_after_seconds?: number;

  @ApiPropertyOptional({ description: 'What can be done about it, for the agent to read.' })
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
 * A failure, for the app. It holds nothing of the request or the metadata. From Instagram's
 * answer it holds only the sentence for the person, where a text or a target is refused.
 */
export function errorAnswer(error: ServiceError): ProxyErrorAnswer {
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

/** What is told of a failure that nobody foresaw. */
export const INTERNAL_ERROR_ANSWER: ProxyErrorAnswer = {
  ok: false,
  error: {
    code: 'internal',
    message: 'The service failed at this.',
    status: ERRORS.internal.status,
    fix: SEE_LOG,
  },
};
