import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TRY_AGAIN } from '../../domain/fixes.js';
import { Deadline } from '../deadline.js';
import { ServiceError } from '../errors/service-error.js';
import { EventLog } from '../logging/event-log.js';

/**
 * Between a deadline and the answer in its place. When the time is up, the work in progress ends
 * by itself and answers with its own reason, if it can.
 */
const ANSWER_GRACE_MS = 15;

/** Limits that come from the settings. */
type ConfiguredLimit = 'proxy' | 'pull';
/** The limit of a route: milliseconds from the arrival of the request, or the name of a setting. */
export type RouteLimit = ConfiguredLimit | number;

/** Milliseconds from the arrival of a request to its answer, for limits from the settings. */
export abstract class ConfiguredLimits {
  abstract readonly proxy: number;
  abstract readonly pull: number;
}

/** A request with the reply that answers it. */
export interface Exchange {
  readonly request: Pick<FastifyRequest, 'arrivedAt' | 'id' | 'routeOptions'>;
  readonly reply: Pick<FastifyReply, 'sent'>;
}

/**
 * Answers each request at its deadline, even if its work hangs. The route's error filter gets
 * `deadline_exceeded`. The work goes on to its end, because an attempt must still be settled, and
 * its late result is only logged (docs/decisions/one-deadline.md).
 */
@Injectable()
export class AnswerDeadline {
  constructor(
    private readonly limits: ConfiguredLimits,
    private readonly log: EventLog,
  ) {}

  /** The deadline of a request. */
  start({ arrivedAt }: Pick<FastifyRequest, 'arrivedAt'>, limit: RouteLimit): Deadline {
    return new Deadline(typeof limit === 'string' ? this.limits[limit] : limit, arrivedAt);
  }

  /**
   * Runs the work of a request until its deadline.
   *
   * @throws {ServiceError} `deadline_exceeded` if the work goes on.
   */
  run<T>(
    { request, reply }: Exchange,
    deadline: Deadline,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    const working = Deadline.run(deadline, work);
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        // A handler may have sent its answer itself and wait until the client has read it.
        if (reply.sent) resolve(undefined);
        else reject(newDeadlineError());
      }, deadline.remainingMs + ANSWER_GRACE_MS);
      const settle = (outcome: string): void => {
        clearTimeout(timer);
        deadline.clear();
        if (isLate) this.logLate(request, outcome);
        else resolve(working);
      };
      working.then(
        () => {
          settle('ok');
        },
        (error: unknown) => {
          const isExpected = error instanceof ServiceError;
          settle(isExpected ? error.code : 'unexpected');
          if (isLate && !isExpected) {
            this.log.unexpected('request.failed', error, { request_id: request.id });
          }
        },
      );
    });
  }

  private logLate(request: Exchange['request'], outcome: string): void {
    this.log.warn('request.finished_late', {
      request_id: request.id,
      route: request.routeOptions.url ?? 'none',
      ms: Math.round(performance.now() - request.arrivedAt),
      outcome,
    });
  }
}

function newDeadlineError(): ServiceError {
  return new ServiceError('deadline_exceeded', 'The answer was not ready in time.', {
    fix: TRY_AGAIN,
    level: 'warn',
  });
}
