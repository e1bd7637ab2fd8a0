import { randomUUID } from 'node:crypto';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';

const MIRA = '17841400000000002';
/** Below the 40 likes in five seconds that an account may send. */
const LIKE_EVERY_MS = 250;
const PULL_EVERY_MS = 2000;
const REPLY_EVERY_MS = 2000;

interface LoadOptions {
  readonly url: string;
  readonly metadata: string;
  /** Posts to like, show and answer. */
  readonly posts: readonly string[];
}

/** The calls that Zendesk sends, mixed: hearts, states, posts, pulls, replies and events. */
export class MixedLoad {
  /** Calls by route and outcome. */
  readonly outcomes = new Map<string, number>();
  calls = 0;
  private readonly nextAt = new Map<string, number>();
  private state = '';
  private integration: { id: unknown; name: unknown } | undefined;

  constructor(private readonly options: LoadOptions) {}

  /** Sends the next call of the mix, waits for its answer and counts the outcome. */
  async call(): Promise<void> {
    const index = (this.calls += 1);
    const post = this.options.posts[index % this.options.posts.length] ?? OMNIWEAR.photoId;
    if (this.isDue('/like', LIKE_EVERY_MS)) await this.proxy('/like', like(post, index));
    else if (this.isDue('/pull', PULL_EVERY_MS)) await this.pull();
    else if (this.isDue('/channelback', REPLY_EVERY_MS)) await this.reply(post);
    else if (index % 10 === 0) await this.proxy('/account', {});
    else if (index % 10 === 1) await this.sendEvent(post, index);
    else if (index % 10 < 4) await this.proxy('/media', { media_id: post });
    else await this.proxy('/like/state', { media_id: post });
  }

  /** Calls that had another outcome than success. */
  get failed(): number {
    return [...this.outcomes]
      .filter(([name]) => !name.endsWith(' ok'))
      .reduce((sum, [, count]) => sum + count, 0);
  }

  private isDue(kind: string, everyMs: number): boolean {
    const now = performance.now();
    if (now < (this.nextAt.get(kind) ?? 0)) return false;
    this.nextAt.set(kind, now + everyMs);
    return true;
  }

  private async proxy(path: string, data: object): Promise<void> {
    const fields = {
      instance_metadata: this.options.metadata,
      client_data: JSON.stringify(data),
    };
    await this.send(path, new URLSearchParams(fields));
  }

  private async pull(): Promise<void> {
    const { metadata } = this.options;
    const answer = await this.send('/pull', new URLSearchParams({ metadata, state: this.state }));
    if (typeof answer?.state === 'string') this.state = answer.state;
  }

  private async reply(post: string): Promise<void> {
    const fields = {
      metadata: this.options.metadata,
      message: 'Thank you!',
      parent_id: `media:${post}`,
      recipient_id: MIRA,
      request_unique_identifier: randomUUID(),
    };
    await this.send('/channelback', new URLSearchParams(fields));
  }

  private async sendEvent(post: string, ticket: number): Promise<void> {
    if (this.integration === undefined) {
      const answer = await fetch(`${this.options.url}/manifest.json`);
      this.integration = (await answer.json()) as { id: unknown; name: unknown };
    }
    const event = {
      type_id: 'resources_created_from_external_ids',
      timestamp: new Date().toISOString(),
      subdomain: OMNIWEAR.username,
      integration_name: this.integration.name,
      integration_id: this.integration.id,
      data: {
        resource_events: [
          {
            type_id: 'comment_on_new_ticket',
            external_id: `media:${post}`,
            ticket_id: ticket % 1000,
            comment_id: 1,
          },
        ],
      },
    };
    await this.send('/event_callback', JSON.stringify({ events: [event] }), {
      'content-type': 'application/json',
    });
  }

  private async send(
    path: string,
    body: URLSearchParams | string,
    headers: Record<string, string> = {},
  ): Promise<Record<string, unknown> | undefined> {
    let json: Record<string, unknown> | undefined;
    let outcome: string;
    try {
      const answer = await fetch(`${this.options.url}${path}`, { method: 'POST', body, headers });
      json = (await answer.json()) as Record<string, unknown>;
      outcome = describe(answer.status, json);
    } catch (error) {
      outcome = describeNetworkError(error);
    }
    const name = `${path} ${outcome}`;
    this.outcomes.set(name, (this.outcomes.get(name) ?? 0) + 1);
    return json;
  }
}

function like(post: string, index: number): object {
  return { media_id: post, liked: index % 2 === 0 };
}

function describe(status: number, json: Record<string, unknown>): string {
  if (status !== 200) return `HTTP ${String(status)}`;
  if (json.ok !== false) return 'ok';
  return String((json.error as { code?: unknown }).code);
}

function describeNetworkError(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } };
  return String(cause?.code ?? 'network error');
}
