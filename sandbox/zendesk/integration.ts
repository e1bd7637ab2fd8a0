import { Agent, type Dispatcher, request } from 'undici';
import { isJson } from './json.js';
import { checkManifest } from './rules.js';
import { recordInvalid, ZendeskError } from './zendesk-error.js';

/** The documented limit of `post_to_path`. */
const POST_TO_PATH_MAX_CHARS = 511;
/** Zendesk does not document its timeout; the service has to answer well within this one. */
const ANSWER_WAIT_MS = 10_000;

/** How the proxy encodes a call. Zendesk does not document it; a service has to accept both. */
export type Encoding = 'form' | 'json';

const CONTENT_TYPES: Readonly<Record<Encoding, string>> = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
};

export interface Manifest {
  name: string;
  id: string;
  create_followup_tickets?: boolean;
  urls: Record<string, string | undefined>;
}

/** An answer of the service. Status 0 means that there was none. */
export interface ServiceAnswer {
  status: number;
  json: unknown;
}

/** Zendesk's client for the integration service: reads its manifest and verifies its TLS. */
export class Integration {
  private readonly agent: Agent;
  private installed: Manifest | undefined;

  constructor(
    /** Relative addresses are resolved against it. */
    readonly manifestUrl: string,
    /** The certificate authority of the service's certificate, PEM. */
    ca: string,
  ) {
    this.agent = new Agent({ connect: { ca } });
  }

  /** Reads the manifest when the integration is installed: over https only, following 301. */
  async readManifest(): Promise<Manifest> {
    let address = new URL(this.manifestUrl);
    for (let hops = 0; hops < 5; hops += 1) {
      if (address.protocol !== 'https:') throw new Error('The manifest must be served over https.');
      const answer = await request(address, { dispatcher: this.agent });
      if (answer.statusCode === 200) {
        const json = await answer.body.json();
        const faults = checkManifest(json);
        if (faults.length > 0) throw new Error(`The manifest is refused: ${faults.join('; ')}`);
        this.installed = json as Manifest;
        return this.installed;
      }
      const { location } = answer.headers;
      await answer.body.dump();
      if (answer.statusCode !== 301 || typeof location !== 'string') {
        throw new Error(`The manifest was answered with ${String(answer.statusCode)}.`);
      }
      address = new URL(location, address);
    }
    throw new Error('The manifest moves too often.');
  }

  /**
   * The address that `post_to_path` names: absolute or relative to the manifest, over https, on
   * the manifest's domain.
   */
  resolve(postToPath: string): URL {
    if (postToPath.length > POST_TO_PATH_MAX_CHARS) {
      throw recordInvalid(
        `post_to_path is longer than ${String(POST_TO_PATH_MAX_CHARS)} characters`,
      );
    }
    if (!URL.canParse(postToPath, this.manifestUrl))
      throw recordInvalid('post_to_path is not a URL');
    const url = new URL(postToPath, this.manifestUrl);
    if (url.protocol !== 'https:') throw recordInvalid('post_to_path is not an HTTPS URL');
    if (url.hostname !== new URL(this.manifestUrl).hostname) {
      throw recordInvalid('post_to_path is not on the same domain as the manifest');
    }
    return url;
  }

  /** Forwards a call of the proxy and returns the answer, which must be JSON. */
  async forward(
    url: URL,
    parameters: { instance_metadata: string; client_data: string },
    encoding: Encoding,
  ): Promise<{ status: number; json: string }> {
    const body =
      encoding === 'form' ? new URLSearchParams(parameters).toString() : JSON.stringify(parameters);
    let status: number;
    let text: string;
    try {
      const answer = await this.post(url, encoding, body, ANSWER_WAIT_MS, {
        accept: 'application/json',
      });
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      throw timedOut
        ? new ZendeskError(504, 'GatewayTimeout', 'The integration service did not answer in time')
        : badGateway('The integration service could not be reached');
    }
    if (!isJson(text)) throw badGateway('The integration service did not answer with JSON');
    return { status, json: text };
  }

  get manifest(): Manifest {
    if (this.installed === undefined) throw new Error('The integration is not installed.');
    return this.installed;
  }

  /** One of the manifest's addresses. */
  address(name: string): string {
    const address = this.manifest.urls[name];
    if (address === undefined) throw recordInvalid(`There is no ${name}`);
    return address;
  }

  /** POSTs a form, as Zendesk does for pull and channelback. */
  async postForm(
    url: string,
    parameters: Record<string, string>,
    waitMs: number,
  ): Promise<ServiceAnswer> {
    try {
      const form = new URLSearchParams(parameters).toString();
      const answer = await this.post(url, 'form', form, waitMs);
      const text = await answer.body.text();
      return { status: answer.statusCode, json: isJson(text) ? JSON.parse(text) : undefined };
    } catch {
      return { status: 0, json: undefined };
    }
  }

  /** POSTs events as JSON. Zendesk ignores the answer. */
  async postEvents(url: string, events: object[]): Promise<void> {
    try {
      const answer = await this.post(url, 'json', JSON.stringify({ events }), ANSWER_WAIT_MS);
      await answer.body.dump();
    } catch {
      // Later events are sent even if this one failed.
    }
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  /** Does not follow redirects. */
  private post(
    url: URL | string,
    encoding: Encoding,
    body: string,
    waitMs: number,
    headers: Record<string, string> = {},
  ): Promise<Dispatcher.ResponseData> {
    return request(url, {
      method: 'POST',
      dispatcher: this.agent,
      headers: { 'content-type': CONTENT_TYPES[encoding], ...headers },
      body,
      signal: AbortSignal.timeout(waitMs),
    });
  }
}

function badGateway(description: string): ZendeskError {
  return new ZendeskError(502, 'BadGateway', description);
}
