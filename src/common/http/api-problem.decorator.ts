import { STATUS_CODES } from 'node:http';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEM_JSON } from './problem.js';

/** Documents that a route may answer with a problem (RFC 9457) of this status, and when. */
export function ApiProblem(status: number, description: string): MethodDecorator & ClassDecorator {
  return ApiResponse({
    status,
    description,
    content: {
      [PROBLEM_JSON]: {
        schema: {
          type: 'object',
          required: ['type', 'title', 'status', 'detail'],
          properties: {
            type: { type: 'string', example: 'about:blank' },
            title: { type: 'string', example: STATUS_CODES[status] },
            status: { type: 'integer', example: status },
            detail: { type: 'string', description: 'What is wrong and what to do, in a sentence.' },
          },
        },
      },
    },
  });
}
