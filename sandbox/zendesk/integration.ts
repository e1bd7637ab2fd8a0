import { Agent, request } from 'undici';
import { isJson } from './json.js';
import { Refusal } from './refusal.js';
import { faultsOfManifest } from './rules.js';

/** The documentation's limit of `post_to_path`, in characters. */
const POST_TO_PATH_MAX_CHARS = 511;
/** Zendesk does not document how long it waits; the service has to answer well before. */
const ANSWER_WAIT_MS = 10_000;

/** How the two parameters travel to the service. Zendesk does not document it; a service has to take both. */
export type Encoding = 'form' | 'json';

export interface Manifest {
  name: string;
  id: string;
  create_followup_tickets?: boolean;
  urls: Record<string, string | undefined>;
}

/** An answer of the service; status 0 where there was none. */
export interface Reply {
  status: number;
  json: unknown;
}

/** The integration service as Zendesk knows it: by its manifest, over TLS that it verifies. */
export class Integration {
  private readonly agent: Agent;
  private installed: Manifest | undefined;

  constructor(
    /** Where the manifest is; relative addresses are resolved against it. */
    readonly manifestUrl: string,
    /** Certificate authority that signed the service's certificate, PEM. */
    ca: string,
  ) {
    this.agent = new Agent({ connect: { ca } });
  }

  /** Reads the manifest, as Zendesk does when an integration is installed: https alone, 301 followed. */
  async readManifest(): Promise<Manifest> {
    let address = new URL(this.manifestUrl);
    for (let hops = 0; hops < 5; hops += 1) {
      if (address.protocol !== 'https:') throw new Error('The manifest must be served over https.');
      const answer = await request(address, { dispatcher: this.agent });
      if (answer.statusCode === 200) {
        const json = await answer.body.json();
        const faults = faultsOfManifest(json);
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

  /** The address that `post_to_path` names: absolute or relative to the manifest, https, on the manifest's domain. */
  resolve(postToPath: string): URL {
    if (postToPath.length > POST_TO_PATH_MAX_CHARS) {
      throw invalid(`post_to_path is longer than ${String(POST_TO_PATH_MAX_CHARS)} characters`);
    }
    if (!URL.canParse(postToPath, this.manifestUrl)) throw invalid('post_to_path is not a URL');
    const url = new URL(postToPath, this.manifestUrl);
    if (url.protocol !== 'https:') throw invalid('post_to_path is not an HTTPS URL');
    if (url.hostname !== new URL(this.manifestUrl).hostname) {
      throw invalid('post_to_path is not on the same domain as the manifest');
    }
    return url;
  }

  /**
   * POSTs the two parameters to the service and passes its JSON on. Whatever is not JSON cannot be passed on; a redirect is
   * not followed.
   */
  async post(
    url: URL,
    parameters: { instance_metadata: string; client_data: string },
    encoding: Encoding,
  ): Promise<{ status: number; json: string }> {
    const form = encoding === 'form';
    let status: number;
    let text: string;
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: this.agent,
        headers: {
          'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
          accept: 'application/json',
        },
        body: form ? new URLSearchParams(parameters).toString() : JSON.stringify(parameters),
        signal: AbortSignal.timeout(ANSWER_WAIT_MS),
      });
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      throw timedOut
        ? new Refusal(504, 'GatewayTimeout', 'The integration service did not answer in time')
        : new Refusal(502, 'BadGateway', 'The integration service could not be reached');
    }
    if (!isJson(text)) {
      throw new Refusal(502, 'BadGateway', 'The integration service did not answer with JSON');
    }
    return { status, json: text };
  }

  get manifest(): Manifest {
    if (this.installed === undefined) throw new Error('The integration is not installed.');
    return this.installed;
  }

  /** One of the manifest's addresses. */
  address(name: string): string {
    const address = this.manifest.urls[name];
    if (address === undefined) throw new Refusal(422, 'RecordInvalid', `There is no ${name}`);
    return address;
  }

  /** POSTs a form, as Zendesk does for pull and channelback. Status 0 stands for no answer. */
  async send(url: string, parameters: Record<string, string>, waitMs: number): Promise<Reply> {
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: this.agent,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(parameters).toString(),
        signal: AbortSignal.timeout(waitMs),
      });
      const text = await answer.body.text();
      return { status: answer.statusCode, json: isJson(text) ? JSON.parse(text) : undefined };
    } catch {
      return { status: 0, json: undefined };
    }
  }

  /** POSTs events, as JSON. What the service makes of them Zendesk does not mind. */
  async tell(url: string, events: object[]): Promise<void> {
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: this.agent,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events }),
        signal: AbortSignal.timeout(ANSWER_WAIT_MS),
      });
      await answer.body.dump();
    } catch {
      // The next events are told all the same.
    }
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}

function invalid(description: string): Refusal {
  return new Refusal(422, 'RecordInvalid', description);
}
