/** What this app uses of the client of Zendesk's app framework (ZAF v2, "Client API"). */
export interface ZafClient {
  /** Paths that are not there are left out of the result, or named under `errors`. */
  get(paths: string[]): Promise<Record<string, unknown>>;
  invoke(action: string, ...values: unknown[]): Promise<unknown>;
  /** Settles with the parsed body, or fails with something like jQuery's `jqXHR`. Has no time-out of its own. */
  request(options: RequestOptions): Promise<unknown>;
  on(event: string, handler: (data: unknown) => void): void;
}

export interface RequestOptions {
  readonly url: string;
  readonly type: 'POST';
  readonly contentType: 'application/json';
  readonly dataType: 'json';
  readonly data: string;
  readonly timeout: number;
  /** Zendesk repeats a call that met its rate limit unless this is off. */
  readonly autoRetry: false;
}

/** Has Zendesk do something that the app can do without: where Zendesk does not know it, nothing happens. */
export function invokeQuietly(client: ZafClient, action: string, ...values: unknown[]): void {
  client.invoke(action, ...values).catch(() => undefined);
}

declare global {
  /** From Zendesk's SDK. `false` where the page is not framed by Zendesk. */
  const ZAFClient: { init(): ZafClient | false };
}
