import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Failure, type FailureDetails } from './failure.js';
import { CALL_MAX_MS, ServiceClient } from './service-client.js';
import type { Texts } from './texts.js';
import type { RequestOptions } from './zaf.js';

const TEXTS: Pick<Texts, 'get' | 'find' | 'language'> = {
  get: (name) => name,
  find: (name) => name,
  language: 'en',
};

function buildServiceError(code: string): object {
  return { ok: false, error: { code, message: 'It failed.' } };
}

/** The SDK rejects with an object like jQuery's `jqXHR`, which is not an `Error`. */
function reject(xhr: object): Promise<never> {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  return Promise.reject(xhr);
}

describe('a call to the service', () => {
  let requests: RequestOptions[];
  let respond: () => Promise<unknown>;
  const client = new ServiceClient(
    {
      request: (options) => {
        requests.push(options);
        return respond();
      },
    },
    '62',
    TEXTS,
  );
  beforeEach(() => {
    requests = [];
    Object.defineProperty(globalThis, 'navigator', {
      value: { onLine: true },
      configurable: true,
    });
  });
  afterEach(() => {
    jest.useRealTimers();
    Reflect.deleteProperty(globalThis, 'navigator');
  });

  const readFailure = async (): Promise<Failure> => {
    const failure = await client.call('/like', { liked: true }).catch((error: unknown) => error);
    if (failure instanceof Failure) return failure;
    throw new Error('The call did not fail.');
  };

  it('reads an answer that arrives as text', async () => {
    respond = () => Promise.resolve('{"ok":true,"liked":true}');
    await expect(client.call('/like', { liked: true })).resolves.toEqual({ ok: true, liked: true });
    respond = () => Promise.resolve(JSON.stringify(buildServiceError('rate_limited')));
    expect((await readFailure()).details.code).toBe('rate_limited');
    const responseText = JSON.stringify(buildServiceError('internal'));
    respond = () => reject({ status: 503, responseText });
    expect((await readFailure()).details.code).toBe('internal');
    respond = () => Promise.resolve('<html>');
    expect((await readFailure()).message).toBe('unreadable');
  });

  it("goes through Zendesk's proxy once, with a timeout and without retries", async () => {
    respond = () => Promise.resolve({ ok: true, liked: true });
    await expect(client.call('/like', { liked: true })).resolves.toMatchObject({ liked: true });
    expect(requests).toEqual([
      {
        url: '/api/v2/any_channel/proxy.json?ticket_id=62&post_to_path=%2Flike',
        type: 'POST',
        contentType: 'application/json',
        dataType: 'json',
        data: '{"liked":true}',
        timeout: 12_000,
        autoRetry: false,
      },
    ]);
  });

  it('fails after 12 seconds even if the request never ends', async () => {
    jest.useFakeTimers();
    respond = () => new Promise(() => undefined);
    const failing = readFailure();
    await jest.advanceTimersByTimeAsync(CALL_MAX_MS);
    const { message, details } = await failing;
    expect([CALL_MAX_MS, message, details.effect]).toEqual([12_000, 'timeout', 'in_flight']);
  });

  it.each<[string, FailureDetails['effect']]>([
    ['platform_unavailable', 'unknown'],
    ['deadline_exceeded', 'unknown'],
    ['internal', 'unknown'],
    ['rate_limited', 'none'],
    ['permission_missing', 'none'],
  ])('reports the service error %s with effect %s, whatever its status', async (code, effect) => {
    respond = () => Promise.resolve(buildServiceError(code));
    expect((await readFailure()).details).toMatchObject({ code, effect });
    respond = () => reject({ status: 503, responseJSON: buildServiceError(code) });
    expect((await readFailure()).details).toMatchObject({ code, effect });
  });

  it.each([
    undefined,
    null,
    '',
    '<html></html>',
    [],
    {},
    { ok: 'true' },
    { ok: false },
    { ok: false, error: { code: 'rate_limited' } },
  ])('does not assume that the unreadable answer %j had no effect', async (answer) => {
    respond = () => Promise.resolve(answer);
    const { message, details } = await readFailure();
    expect([message, details.effect]).toEqual(['unreadable', 'in_flight']);
  });

  it.each<[number, string, FailureDetails['effect']]>([
    [200, 'unreadable', 'in_flight'],
    [0, 'offline', 'in_flight'],
    [401, 'zendesk_refused', 'none'],
    [403, 'zendesk_refused', 'none'],
    [404, 'zendesk_refused', 'none'],
    [422, 'zendesk_refused', 'in_flight'],
    [429, 'zendesk_limited', 'none'],
    [500, 'zendesk_failed', 'in_flight'],
    [502, 'zendesk_failed', 'in_flight'],
  ])('reports a rejection with status %i as %s with effect %s', async (status, text, effect) => {
    respond = () => reject({ status });
    const { message, details } = await readFailure();
    expect([message, details.effect]).toEqual([text, effect]);
  });

  it('is not sent while the browser is offline', async () => {
    Object.defineProperty(globalThis, 'navigator', {
      value: { onLine: false },
      configurable: true,
    });
    const { message, details } = await readFailure();
    expect([message, details.effect, requests]).toEqual(['offline', 'none', []]);
  });
});
