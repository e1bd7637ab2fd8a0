import { type Failure, ownFailure, serviceFailure } from './failure.js';
import { at, count, isObject, type JsonObject, text } from './json.js';
import type { Texts } from './texts.js';
import type { ZafClient } from './zaf.js';

/**
 * How long a call may take, in milliseconds. The SDK has no time-out; the service answers within 8 seconds unless it is set up
 * otherwise, and Zendesk takes its time on both ways.
 */
export const CALL_MAX_MS = 12_000;
/** As `CALL_MAX_MS`, where the agent has waited for a click already: the service asks nobody else for what it then tells. */
export const ASK_MAX_MS = 3_000;

/** With these Zendesk says who may not, or what is not there, before it passes anything on. Of any other status that is not known. */
const NOT_PASSED_ON: ReadonlySet<number> = new Set([401, 403, 404]);

/** Calls the service the one way that an app has: through Zendesk's authenticating proxy. */
export class Service {
  constructor(
    private readonly client: Pick<ZafClient, 'request'>,
    private readonly ticketId: string,
    private readonly texts: Texts,
  ) {}

  /**
   * POSTs to a route of the service.
   *
   * @param maxMs how long it may take.
   * @throws {Failure} with sentences for the agent, whoever failed.
   */
  async call(postToPath: string, data: object, maxMs = CALL_MAX_MS): Promise<JsonObject> {
    if (!navigator.onLine) throw ownFailure(this.texts, 'offline', 'offline_fix', 'none');
    const query = new URLSearchParams({ ticket_id: this.ticketId, post_to_path: postToPath });
    let answer: unknown;
    try {
      answer = await this.inTime(
        this.client.request({
          url: `/api/v2/any_channel/proxy.json?${query.toString()}`,
          type: 'POST',
          contentType: 'application/json',
          dataType: 'json',
          data: JSON.stringify(data),
          timeout: maxMs,
          autoRetry: false,
        }),
        maxMs,
      );
    } catch (error) {
      throw this.failureOf(error);
    }
    if (at(answer, 'ok') === true) return answer as JsonObject;
    throw (
      this.toldFailure(answer) ??
      ownFailure(this.texts, 'unreadable', 'unreadable_fix', 'under_way')
    );
  }

  private inTime(answer: Promise<unknown>, maxMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new TimeOut());
      }, maxMs);
      answer.then(resolve, reject).finally(() => {
        clearTimeout(timer);
      });
    });
  }

  /** The service's own `{"ok":false,"error":{…}}`; undefined where it is something else. */
  private toldFailure(answer: unknown): Failure | undefined {
    const error = at(answer, 'error');
    const code = text(at(error, 'code'));
    const message = text(at(error, 'message'));
    if (at(answer, 'ok') !== false || code === undefined || message === undefined) return undefined;
    return serviceFailure({
      code,
      message,
      fix: text(at(error, 'fix')),
      retryAfterSeconds: count(at(error, 'retry_after_seconds')),
    });
  }

  /** What a rejected call means. It is not documented whether Zendesk passes the body of another status than 200 on. */
  private failureOf(error: unknown): Failure {
    const { texts } = this;
    if (error instanceof TimeOut || at(error, 'statusText') === 'timeout') {
      return ownFailure(texts, 'time_out', 'time_out_fix', 'under_way');
    }
    const told = this.toldFailure(at(error, 'responseJSON'));
    if (told !== undefined) return told;
    const status = isObject(error) ? (count(error.status) ?? 0) : 0;
    if (status === 0) return ownFailure(texts, 'offline', 'offline_fix', 'under_way');
    if (status === 429) return ownFailure(texts, 'zendesk_limited', 'time_out_fix', 'none');
    if (status < 400) return ownFailure(texts, 'unreadable', 'unreadable_fix', 'under_way');
    const effect = NOT_PASSED_ON.has(status) ? 'none' : 'under_way';
    return status >= 500
      ? ownFailure(texts, 'zendesk_failed', 'zendesk_failed_fix', effect, { status })
      : ownFailure(texts, 'zendesk_refused', 'zendesk_refused_fix', effect, { status });
  }
}

class TimeOut extends Error {}
