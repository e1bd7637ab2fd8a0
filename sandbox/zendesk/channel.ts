import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Integration, Reply } from './integration.js';
import { Refusal } from './refusal.js';
import { faultsOfChannelback, faultsOfPull } from './rules.js';
import type { ImportResult, IntegrationInstance, Resource, Ticket, Tickets } from './tickets.js';

/** Zendesk gives a pull a minute. */
const PULL_WAIT_MS = 60_000;
/** Zendesk repeats a reply with the same identifier; how often and when is not documented. */
const CHANNELBACK_TRIES = 3;
const CHANNELBACK_PAUSE_MS = 500;
const CHANNELBACK_WAIT_MS = 15_000;
const SUBDOMAIN = 'omniwear';
/** The first account's id, as Zendesk's are. */
const FIRST_ID = 360001;

interface PullAnswer {
  external_resources: Resource[];
  state?: string;
  metadata?: string;
  metadata_needs_update?: boolean;
}

export interface PullReport extends ImportResult {
  status: number;
  resources: number;
  /** What the answer breaks of Zendesk's rules. Nothing of a faulty answer is taken. */
  faults: string[];
}

/** The channel framework: polls the integration for resources, hands replies to it, and tells it what happened. */
export class Channel {
  readonly instances: IntegrationInstance[] = [];

  constructor(
    private readonly integration: Integration,
    private readonly tickets: Tickets,
    private readonly print: (line: string) => void,
  ) {}

  /** What follows when an admin has connected an account. */
  async connect(
    name: string,
    metadata: string,
    { subdomain = SUBDOMAIN, state = '' } = {},
  ): Promise<IntegrationInstance> {
    const id = String(FIRST_ID + this.instances.length);
    const instance = { id, subdomain, name, metadata, state, active: true, needsUpdate: false };
    this.instances.push(instance);
    await this.tell(subdomain, 'create_integration_instance', { metadata });
    return instance;
  }

  /** One poll of every account, at once. */
  pullAll(): Promise<PullReport[]> {
    return Promise.all(this.instances.map((instance) => this.pull(instance)));
  }

  /** One poll of an account. */
  async pull(instance: IntegrationInstance): Promise<PullReport> {
    const requestId = randomUUID();
    const url = this.integration.address('pull_url');
    const { metadata, state } = instance;
    const reply = await this.integration.send(url, { metadata, state }, PULL_WAIT_MS);
    const report = this.take(instance, reply);
    this.print(
      `pull of ${instance.name} → ${String(report.status)}: ${String(report.created.length)} new, ${String(report.duplicates.length)} known${report.faults.map((fault) => `; ${fault}`).join('')}`,
    );
    if (reply.status === 401) await this.deactivate(instance, `The pull was answered with 401`);
    await this.tell(
      instance.subdomain,
      'pull_request',
      {
        integration_instance_name: instance.name,
        url,
        request_id: requestId,
        duplicate_external_ids: report.duplicates.map((each) => ({
          ...each,
          request_id: requestId,
        })),
      },
      reply.status === 200 ? undefined : `The answer had status ${String(reply.status)}`,
    );
    if (report.created.length > 0) {
      await this.tell(instance.subdomain, 'resources_created_from_external_ids', {
        request_id: requestId,
        resource_events: report.created,
      });
    }
    return report;
  }

  /**
   * An agent's answer to a ticket. Which of a thread's resources Zendesk names as its parent is not documented; here it is the
   * first, unless another is given. Repeated with the same identifier where the service is not reached or asks for time.
   */
  async reply(
    ticket: Ticket,
    message: string,
    to = this.tickets.parentOf(ticket),
  ): Promise<{ tries: number; status: number }> {
    const { instance } = ticket;
    if (instance === undefined || !ticket.allowChannelback || ticket.status === 'closed') {
      throw new Refusal(422, 'RecordInvalid', 'The ticket takes no reply through a channel');
    }
    const parameters = {
      message,
      metadata: instance.metadata,
      recipient_id: ticket.requester ?? '',
      request_unique_identifier: randomUUID(),
      ...(to === undefined ? {} : { parent_id: to }),
      ...(ticket.threadId === undefined ? {} : { thread_id: ticket.threadId }),
    };
    const url = this.integration.address('channelback_url');
    for (let tries = 1; ; tries += 1) {
      const reply = await this.integration.send(url, parameters, CHANNELBACK_WAIT_MS);
      const failed = reply.status === 0 || reply.status >= 500;
      if (failed && tries < CHANNELBACK_TRIES) {
        await sleep(CHANNELBACK_PAUSE_MS);
        continue;
      }
      await this.takeReply(ticket, instance, message, reply);
      this.print(`reply to ticket ${ticket.id} → ${String(reply.status)}`);
      return { tries, status: reply.status };
    }
  }

  private async takeReply(
    ticket: Ticket,
    instance: IntegrationInstance,
    message: string,
    reply: Reply,
  ): Promise<void> {
    const requestId = randomUUID();
    const url = this.integration.address('channelback_url');
    const about = { integration_instance_name: instance.name, url, request_id: requestId };
    if (reply.status !== 200) {
      await this.tell(
        instance.subdomain,
        'channelback',
        about,
        `The answer had status ${String(reply.status)}`,
      );
      return;
    }
    const faults = faultsOfChannelback(reply.json);
    if (faults.length > 0) throw new Refusal(502, 'BadGateway', faults.join('; '));
    const answer = reply.json as { external_id: string; metadata?: string };
    if (answer.metadata !== undefined) instance.metadata = answer.metadata;
    const comment = this.tickets.addReply(ticket, message, answer.external_id);
    await this.tell(instance.subdomain, 'channelback', about);
    await this.tell(instance.subdomain, 'resources_created_from_external_ids', {
      request_id: requestId,
      resource_events: [
        {
          type_id: 'external_id_associated_with_channelback',
          external_id: answer.external_id,
          ticket_id: Number(ticket.id),
          comment_id: comment.id,
        },
      ],
    });
  }

  /** A customer's identity is deleted, and with it what the integration keeps of that person. */
  async forget(externalId: string): Promise<void> {
    await this.tell(SUBDOMAIN, 'destroy_user_identity', { author: { external_id: externalId } });
  }

  private take(instance: IntegrationInstance, reply: Reply): PullReport {
    const nothing = { created: [], duplicates: [], orphans: [] };
    if (reply.status !== 200) return { status: reply.status, resources: 0, faults: [], ...nothing };
    const faults = faultsOfPull(reply.json);
    if (faults.length > 0) return { status: 200, resources: 0, faults, ...nothing };
    const answer = reply.json as PullAnswer;
    const imported = this.tickets.import(
      instance,
      answer.external_resources,
      this.integration.manifest.create_followup_tickets !== false,
    );
    if (answer.state !== undefined) instance.state = answer.state;
    if (answer.metadata !== undefined) instance.metadata = answer.metadata;
    instance.needsUpdate = answer.metadata_needs_update === true;
    return { status: 200, resources: answer.external_resources.length, faults, ...imported };
  }

  /** What makes Zendesk do this is not documented; here, an answer of 401. */
  private async deactivate(instance: IntegrationInstance, why: string): Promise<void> {
    instance.active = false;
    await this.tell(instance.subdomain, 'deactivate_integration_instance', {
      metadata: instance.metadata,
      deactivated_by: 'error',
      deactivating_error: why,
    });
  }

  private async tell(subdomain: string, type: string, data: object, error?: string): Promise<void> {
    const { manifest } = this.integration;
    const event = {
      type_id: type,
      timestamp: new Date().toISOString(),
      subdomain,
      integration_name: manifest.name,
      integration_id: manifest.id,
      data,
      ...(error === undefined ? {} : { error }),
    };
    await this.integration.tell(this.integration.address('event_callback_url'), [event]);
  }
}
