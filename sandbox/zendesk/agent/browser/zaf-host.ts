/** Reads a property that an app asks for; undefined if it does not exist. */
type ReadProperty = (path: string) => Promise<unknown>;
/** An action that an app may invoke. */
type Action = (...values: unknown[]) => unknown;

export interface ZafHostOptions {
  readonly frame: HTMLIFrameElement;
  readonly appGuid: string;
  /** Sent to the app when it registers. */
  readonly context: object;
  readonly read: ReadProperty;
  readonly write: (path: string, value: unknown) => void;
  readonly actions: Readonly<Record<string, Action>>;
}

interface Message {
  readonly id?: number;
  readonly request?: 'get' | 'set' | 'invoke';
  readonly params?: unknown;
  readonly key?: string;
  readonly message?: unknown;
}

interface RequestOptions {
  readonly url: string;
  readonly type?: string;
  readonly contentType?: string;
  readonly data?: string;
  readonly timeout?: number;
  readonly httpCompleteResponse?: boolean;
}

/**
 * Zendesk's app framework for one framed app. Its protocol with Zendesk's SDK is JSON texts sent
 * with `postMessage`.
 */
export class ZafHost {
  private readonly origin: string;
  private readonly subscribedEvents = new Set<string>();

  constructor(private readonly options: ZafHostOptions) {
    this.origin = new URL(options.frame.src).origin;
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.source !== options.frame.contentWindow || event.origin !== this.origin) return;
      if (typeof event.data === 'string') void this.handle(JSON.parse(event.data) as Message);
    });
  }

  /** Sends an event to the app if it listens to it. */
  fire(event: string, data?: unknown): void {
    if (this.subscribedEvents.has(event)) this.send({ key: `zaf.${event}`, message: data });
  }

  private async handle({ id, request, params, key = '', message }: Message): Promise<void> {
    if (request !== undefined) {
      this.send({ id, result: await this.answerAll(request, params) });
      return;
    }
    if (key === 'iframe.handshake') {
      const metadata = { appId: 1, installationId: 1, settings: {} };
      this.send({
        key: 'zaf.app.registered',
        message: { metadata, context: this.options.context },
      });
    } else if (key.startsWith('iframe.on:')) {
      this.subscribedEvents.add(key.slice('iframe.on:'.length));
    } else if (key.startsWith('iframe.off:')) {
      const { subscriberCount } = message as { subscriberCount: number };
      if (subscriberCount === 0) this.subscribedEvents.delete(key.slice('iframe.off:'.length));
    } else if (key.startsWith('iframe.trigger:')) {
      this.fire(key.slice('iframe.trigger:'.length), message);
    } else if (key.startsWith('request:')) {
      await this.request(key, message as RequestOptions);
    }
  }

  private async answerAll(request: 'get' | 'set' | 'invoke', params: unknown): Promise<object> {
    const result: Record<string, unknown> = {};
    const errors: Record<string, object> = {};
    const names = request === 'get' ? (params as string[]) : Object.keys(params as object);
    for (const name of names) {
      try {
        result[name] = await this.answerOne(
          request,
          name,
          (params as Record<string, unknown>)[name],
        );
      } catch (error) {
        errors[name] = { name: 'APIError', message: String(error), path: name };
      }
    }
    return { ...result, errors };
  }

  private async answerOne(
    request: 'get' | 'set' | 'invoke',
    name: string,
    value: unknown,
  ): Promise<unknown> {
    if (request === 'set') {
      this.options.write(name, value);
      return value;
    }
    if (request === 'invoke') {
      const action = this.options.actions[name];
      if (action === undefined) throw new Error('No such action');
      return action(...(value as unknown[]));
    }
    const property = await this.options.read(name);
    if (property === undefined) throw new Error('No such property');
    return property;
  }

  /** Makes a request in the agent's session. Answers as jQuery does: the body or the failure. */
  private async request(key: string, options: RequestOptions): Promise<void> {
    try {
      const answer = await fetch(options.url, {
        method: options.type ?? 'GET',
        headers: {
          accept: 'application/json',
          ...(options.contentType === undefined ? {} : { 'content-type': options.contentType }),
        },
        ...(options.data === undefined ? {} : { body: options.data }),
        ...(options.timeout === undefined ? {} : { signal: AbortSignal.timeout(options.timeout) }),
      });
      const responseText = await answer.text();
      const complete = {
        status: answer.status,
        statusText: answer.statusText,
        responseText,
        responseJSON: parseJson(responseText),
      };
      const body = options.httpCompleteResponse === true ? complete : complete.responseJSON;
      if (answer.ok) this.sendResult(`${key}.done`, [body, 'success']);
      else this.sendResult(`${key}.fail`, [complete, 'error']);
    } catch (error) {
      const statusText =
        error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'error';
      this.sendResult(`${key}.fail`, [{ status: 0, statusText, responseText: '' }, statusText]);
    }
  }

  private sendResult(event: string, responseArgs: unknown[]): void {
    this.send({ key: `zaf.${event}`, message: { responseArgs } });
  }

  private send(message: object): void {
    this.options.frame.contentWindow?.postMessage(JSON.stringify(message), this.origin);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
