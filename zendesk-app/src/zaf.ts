/** The part of the Zendesk Apps Framework client that this app uses (ZAF v2, "Client API"). */
export interface ZafClient {
  /** Leaves unknown paths out of the result, or names them under `errors`. */
  get(paths: string[]): Promise<Record<string, unknown>>;
  invoke(action: string, ...values: unknown[]): Promise<unknown>;
  /**
   * Resolves with the parsed body, or rejects with an object like jQuery's `jqXHR`. It has no
   * timeout of its own.
   */
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
  /** Unless this is off, Zendesk repeats a call that exceeded its rate limit. */
  readonly autoRetry: false;
}

/** Requests an optional action from Zendesk and ignores its failure. */
export function invokeQuietly(client: ZafClient, action: string, ...values: unknown[]): void {
  client.invoke(action, ...values).catch(() => undefined);
}

declare global {
  /**
   * Defined by Zendesk's SDK, if the browser could load it. `init` returns `false` outside a
   * Zendesk frame.
   */
  const ZAFClient: { init(): ZafClient | false } | undefined;
}
