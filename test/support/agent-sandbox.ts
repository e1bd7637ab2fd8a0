import type { Browser } from 'playwright-core';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { type Addresses, Sandbox } from '../../sandbox/sandbox.js';
import { AgentPage, type AgentPageOptions } from './agent-page.js';
import { startShell } from './browser.js';

const SCOPES = ['instagram_basic', 'instagram_manage_comments', 'instagram_manage_engagement'];

/** The sandbox and a browser. */
export class AgentSandbox {
  at!: Addresses;
  browser!: Browser;
  readonly sandbox = new Sandbox(() => undefined, { anyPorts: true });
  private opened: AgentPage[] = [];

  async start(): Promise<void> {
    this.at = await this.sandbox.start();
    this.browser = await startShell();
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.sandbox.stop();
  }

  async open(options?: AgentPageOptions): Promise<AgentPage> {
    const page = await AgentPage.open(this.browser, this.at, options);
    this.opened.push(page);
    return page;
  }

  /** Closes the opened pages and returns the errors and stray requests in them. */
  async closePages(): Promise<string[]> {
    const problems = this.opened.flatMap(({ errors, strayRequests }) => [
      ...errors,
      ...strayRequests,
    ]);
    for (const page of this.opened) await page.close();
    this.opened = [];
    return problems;
  }

  /** Removes all likes, faults and recorded calls. */
  async reset(): Promise<void> {
    await this.instagram('DELETE', '/_control/faults');
    await this.instagram('PATCH', `/_control/tokens/${OMNIWEAR.token}`, {
      scopes: SCOPES,
      expiresAt: 0,
    });
    await this.zendesk('POST', '/_control/proxy', {});
    for (const id of await this.likes()) {
      const target = id === OMNIWEAR.photoId ? { media_id: id } : { comment_id: id };
      await this.proxy('/like', { ...target, liked: false });
    }
    await this.zendesk('DELETE', '/_control/calls');
  }

  instagram(method: string, path: string, body?: object): Promise<unknown> {
    return ask(`${this.at.instagram}${path}`, method, body);
  }

  zendesk(method: string, path: string, body?: object): Promise<unknown> {
    return ask(`${this.at.zendesk}${path}`, method, body);
  }

  /** Makes a call like the app. */
  proxy(path: string, data: object): Promise<unknown> {
    const query = new URLSearchParams({ ticket_id: '62', post_to_path: path }).toString();
    return this.zendesk('POST', `/api/v2/any_channel/proxy.json?${query}`, data);
  }

  /** Reconnects Omniwear's account with other fields. */
  async connect(fields: object): Promise<void> {
    const url = `${this.at.zendesk}/_control/accounts/Omniwear/metadata`;
    await fetch(url, { method: 'POST', body: this.sandbox.sealOmniwear(fields) });
  }

  /** The likes that Instagram has. */
  async likes(): Promise<string[]> {
    const account = await this.instagram('GET', `/_control/accounts/${OMNIWEAR.igUserId}`);
    return (account as { likes: string[] }).likes;
  }

  /** Makes Instagram's next like or unlike fail. */
  async failLike(kind: object): Promise<void> {
    await this.instagram('POST', '/_control/faults', { path: '/likes', ...kind });
  }

  /** Adds a customer's comment to a post and returns its id. */
  async comment(mediaId: string, text: string): Promise<string> {
    const comment = await this.instagram('POST', '/_control/comments', {
      media_id: mediaId,
      username: 'mira.hikes',
      text,
    });
    return (comment as { id: string }).id;
  }

  /** Polls, and returns the ticket with this text in its subject. */
  async ticketAbout(subject: string): Promise<string> {
    await this.zendesk('POST', '/_control/pull', {});
    const tickets = await this.zendesk('GET', '/_control/tickets');
    const found = (tickets as { id: string; subject: string }[]).find((ticket) =>
      ticket.subject.includes(subject),
    );
    if (found === undefined) throw new Error(`There is no ticket about ${subject}.`);
    return found.id;
  }
}

async function ask(url: string, method: string, body?: object): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return answer.json();
}
