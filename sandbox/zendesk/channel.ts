import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Integration, ServiceAnswer } from './integration.js';
import { checkChannelbackAnswer, checkPullAnswer } from './rules.js';
import type { ImportResult, IntegrationInstance, Resource, Ticket, Tickets } from './tickets.js';
import { recordInvalid, ZendeskError } from './zendesk-error.js';

/** Zendesk waits a minute for a pull. */
const PULL_WAIT_MS = 60_000;
/** Zendesk retries a reply with the same identifier; it does not document how often and when. */
const CHANNELBACK_TRIES = 3;
const CHANNELBACK_PAUSE_MS = 500;
const CHANNELBACK_WAIT_MS = 15_000;
const SUBDOMAIN = 'omniwear';
/** The first account's id. */
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
  /** The rules of Zendesk that the answer breaks. If there are any, the answer is discarded. */
  faults: string[];
}

/**
 * The channel framework: polls the integration for resources, sends it agents' replies, and
 * notifies it of events.
 */
export class Channel {
  readonly instances: IntegrationInstance[] = [];

  constructor(
    private readonly integration: Integration,
    private readonly tickets: Tickets,
    private readonly print: (line: string) => void,
  ) {}

  /** Stores an account that an admin connected, and notifies the integration. */
  async connect(
    name: string,
    metadata: string,
    { subdomain = SUBDOMAIN, state = '' } = {},
  ): Promise<IntegrationInstance> {
    const id = String(FIRST_ID + this.instances.length);
    const instance = { id, subdomain, name, metadata, state, active: true, needsUpdate: false };
    this.instances.push(instance);
    await this.notify(subdomain, 'create_integration_instance', { metadata });
    return instance;
  }

  /** Polls all accounts in parallel. */
  pullAll(): Promise<PullReport[]> {
    return Promise.all(this.instances.map((instance) => this.pull(instance)));
  }

  async pull(instance: IntegrationInstance): Promise<PullReport> {
    const requestId = randomUUID();
    const url = this.integration.address('pull_url');
    const { metadata, state } = instance;
    const answer = await this.integration.postForm(url, { metadata, state }, PULL_WAIT_MS);
    const report = this.importAnswer(instance, answer);
    this.print(`pull of ${instance.name} → ${describeReport(report)}`);
    if (answer.status === 401) await this.deactivate(instance, 'The pull was answered with 401');
    await this.notify(
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
      describeFailure(answer),
    );
    if (report.created.length > 0) {
      await this.notify(instance.subdomain, 'resources_created_from_external_ids', {
        request_id: requestId,
        resource_events: report.created,
      });
    }
    return report;
  }

  /**
   * Sends an agent's reply. Retries with the same identifier if the service cannot be reached or
   * answers with 5xx. Zendesk does not document which resource of a thread it sends as parent;
   * here it is the first one unless `to` is given.
   */
  async reply(
    ticket: Ticket,
    message: string,
    to = findFirstResource(ticket),
  ): Promise<{ tries: number; status: number }> {
    const { instance } = ticket;
    if (instance === undefined || !ticket.allowChannelback || ticket.status === 'closed') {
      throw recordInvalid('The ticket accepts no reply through a channel');
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
      const answer = await this.integration.postForm(url, parameters, CHANNELBACK_WAIT_MS);
      const failed = answer.status === 0 || answer.status >= 500;
      if (failed && tries < CHANNELBACK_TRIES) {
        await sleep(CHANNELBACK_PAUSE_MS);
        continue;
      }
      await this.recordReply(ticket, instance, message, answer);
      this.print(`reply to ticket ${ticket.id} → ${String(answer.status)}`);
      return { tries, status: answer.status };
    }
  }

  private async recordReply(
    ticket: Ticket,
    instance: IntegrationInstance,
    message: string,
    answer: ServiceAnswer,
  ): Promise<void> {
    const requestId = randomUUID();
    const url = this.integration.address('channelback_url');
    const call = { integration_instance_name: instance.name, url, request_id: requestId };
    if (answer.status !== 200) {
      await this.notify(instance.subdomain, 'channelback', call, describeFailure(answer));
      return;
    }
    const faults = checkChannelbackAnswer(answer.json);
    if (faults.length > 0) throw new ZendeskError(502, 'BadGateway', faults.join('; '));
    const reply = answer.json as { external_id: string; metadata?: string };
    if (reply.metadata !== undefined) instance.metadata = reply.metadata;
    const comment = this.tickets.addReply(ticket, message, reply.external_id);
    await this.notify(instance.subdomain, 'channelback', call);
    await this.notify(instance.subdomain, 'resources_created_from_external_ids', {
      request_id: requestId,
      resource_events: [
        {
          type_id: 'external_id_associated_with_channelback',
          external_id: reply.external_id,
          ticket_id: Number(ticket.id),
          comment_id: comment.id,
        },
      ],
    });
  }

  /** Deletes a customer's identity; the integration must delete that person's data. */
  async forget(externalId: string): Promise<void> {
    await this.notify(SUBDOMAIN, 'destroy_user_identity', { author: { external_id: externalId } });
  }

  private importAnswer(instance: IntegrationInstance, { status, json }: ServiceAnswer): PullReport {
    const nothing = { resources: 0, created: [], duplicates: [], orphans: [] };
    if (status !== 200) return { status, faults: [], ...nothing };
    const faults = checkPullAnswer(json);
    if (faults.length > 0) return { status, faults, ...nothing };
    const answer = json as PullAnswer;
    const imported = this.tickets.import(
      instance,
      answer.external_resources,
      this.integration.manifest.create_followup_tickets !== false,
    );
    if (answer.state !== undefined) instance.state = answer.state;
    if (answer.metadata !== undefined) instance.metadata = answer.metadata;
    instance.needsUpdate = answer.metadata_needs_update === true;
    return { status, resources: answer.external_resources.length, faults, ...imported };
  }

  /** Zendesk does not document when it does this; here, after an answer of 401. */
  private async deactivate(instance: IntegrationInstance, reason: string): Promise<void> {
    instance.active = false;
    await this.notify(instance.subdomain, 'deactivate_integration_instance', {
      metadata: instance.metadata,
      deactivated_by: 'error',
      deactivating_error: reason,
    });
  }

  private async notify(
    subdomain: string,
    type: string,
    data: object,
    error?: string,
  ): Promise<void> {
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
    await this.integration.postEvents(this.integration.address('event_callback_url'), [event]);
  }
}

function findFirstResource({ comments }: Ticket): string | undefined {
  return comments.find(({ externalId }) => externalId !== undefined)?.externalId;
}

function describeReport({ status, created, duplicates, faults }: PullReport): string {
  const counts = `${String(created.length)} new, ${String(duplicates.length)} known`;
  return `${String(status)}: ${[counts, ...faults].join('; ')}`;
}

function describeFailure({ status }: ServiceAnswer): string | undefined {
  return status === 200 ? undefined : `The answer had status ${String(status)}`;
}
