import { buildAppFailure, buildServiceFailure, type Failure } from './failure.js';
import { isObject, type JsonObject, readPath, toCount, toText } from './json.js';
import type { Texts } from './texts.js';
import type { ZafClient } from './zaf.js';

/**
 * The longest wait for an answer. The SDK has no timeout. The service answers within 8 seconds by
 * default (`PROXY_DEADLINE_MS`), and Zendesk's proxy adds time in both directions.
 */
export const CALL_MAX_MS = 12_000;
/**
 * The longest wait for the state of a like. It is shorter because the agent has already waited for
 * a click, and because the service answers it without a call to Instagram.
 */
export const STATE_MAX_MS = 3_000;

/**
 * Zendesk returns these statuses if it rejects a call without forwarding it to the service. For any
 * other status, it is unknown whether the call arrived.
 */
const NOT_FORWARDED: ReadonlySet<number> = new Set([401, 403, 404]);

/** Calls the service through Zendesk's authenticating proxy, the only way that an app has. */
export class ServiceClient {
  constructor(
    private readonly client: Pick<ZafClient, 'request'>,
    private readonly ticketId: string,
    private readonly texts: Pick<Texts, 'get' | 'find' | 'language'>,
  ) {}

  /**
   * Sends a POST request to a route of the service.
   *
   * @throws {Failure} for every kind of failure, with sentences for the agent.
   */
  async call(postToPath: string, data: object, maxMs = CALL_MAX_MS): Promise<JsonObject> {
    if (!navigator.onLine) throw buildAppFailure(this.texts, 'offline', 'offline_fix', 'none');
    const query = new URLSearchParams({ ticket_id: this.ticketId, post_to_path: postToPath });
    let answer: unknown;
    try {
      answer = await this.withTimeout(
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
      throw this.toFailure(error);
    }
    const json = parseText(answer);
    if (isObject(json) && json.ok === true) return json;
    throw (
      this.readServiceFailure(json) ??
      buildAppFailure(this.texts, 'unreadable', 'unreadable_fix', 'in_flight')
    );
  }

  private withTimeout(answer: Promise<unknown>, maxMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new TimeoutError());
      }, maxMs);
      answer.then(resolve, reject).finally(() => {
        clearTimeout(timer);
      });
    });
  }

  /** Reads the service's `{"ok":false,"error":{…}}`; undefined for any other answer. */
  private readServiceFailure(answer: unknown): Failure | undefined {
    const error = readPath(answer, 'error');
    const code = toText(readPath(error, 'code'));
    const message = toText(readPath(error, 'message'));
    if (readPath(answer, 'ok') !== false || code === undefined || message === undefined) {
      return undefined;
    }
    return buildServiceFailure(this.texts, {
      code,
      message,
      fix: toText(readPath(error, 'fix')),
      retryAfterSeconds: toCount(readPath(error, 'retry_after_seconds')),
    });
  }

  /**
   * Converts a rejected call. Zendesk does not document whether it forwards the body of an answer
   * whose status is not 200.
   */
  private toFailure(error: unknown): Failure {
    const { texts } = this;
    if (error instanceof TimeoutError || readPath(error, 'statusText') === 'timeout') {
      return buildAppFailure(texts, 'timeout', 'timeout_fix', 'in_flight');
    }
    const body = readPath(error, 'responseJSON') ?? parseText(readPath(error, 'responseText'));
    const serviceFailure = this.readServiceFailure(body);
    if (serviceFailure !== undefined) return serviceFailure;
    const status = isObject(error) ? (toCount(error.status) ?? 0) : 0;
    if (status === 0) return buildAppFailure(texts, 'offline', 'offline_fix', 'in_flight');
    if (status === 429) return buildAppFailure(texts, 'zendesk_limited', 'timeout_fix', 'none');
    if (status < 400) return buildAppFailure(texts, 'unreadable', 'unreadable_fix', 'in_flight');
    const effect = NOT_FORWARDED.has(status) ? 'none' : 'in_flight';
    return status >= 500
      ? buildAppFailure(texts, 'zendesk_failed', 'zendesk_failed_fix', effect, { status })
      : buildAppFailure(texts, 'zendesk_refused', 'zendesk_refused_fix', effect, { status });
  }
}

class TimeoutError extends Error {}

/** Parses an answer that arrived as text. Zendesk does not document the type that it passes on. */
function parseText(answer: unknown): unknown {
  if (typeof answer !== 'string') return answer;
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}
