import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Media type of an error answer, except to proxied calls (RFC 9457). */
export const PROBLEM_JSON = 'application/problem+json';

export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

/** A refused request, with a sentence for its sender. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly httpStatus: number,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** Texts for requests that the framework refuses. The framework's own texts quote the request. */
const DETAILS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read. Send a form or JSON, well-formed and with its true length.',
  404: 'There is nothing at this address with this method.',
  408: 'The request did not arrive in time.',
  413: 'The body is too large.',
  414: 'The address is too long.',
  415: 'Send the body as application/x-www-form-urlencoded or application/json.',
  431: 'The headers are too large.',
};
const REFUSED = 'This service does not accept the request.';
const INTERNAL = 'The service could not complete the request. Its log has the reason.';

/** The problem of an exception: the refusal's status, or 500 for all other exceptions. */
export function toProblem(exception: unknown): Problem {
  const status = refusalStatus(exception);
  return exception instanceof ProblemError
    ? newProblem(status, exception.detail)
    : newProblem(status);
}

/** A problem of this status, with this service's own text by default. */
export function newProblem(status: number, detail = DETAILS[status]): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: detail ?? (status < 500 ? REFUSED : INTERNAL),
  };
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  void reply.status(problem.status).type(PROBLEM_JSON).send(JSON.stringify(problem));
}

function refusalStatus(exception: unknown): number {
  if (exception instanceof ProblemError) return exception.httpStatus;
  if (exception instanceof HttpException) return exception.getStatus();
  // Fastify's own errors: a body that cannot be parsed, is too large, or has an unknown type.
  const status = (exception as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
