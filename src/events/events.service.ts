import { Inject, Injectable } from '@nestjs/common';
import { ServiceError } from '../common/errors/service-error.js';
import { isJsonObject } from '../common/json-object.js';
import { EventLog } from '../common/logging/event-log.js';
import { validate } from '../common/validation/faults.js';
import type { Account } from '../credentials/account.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import { ConnectedAccounts, type ConnectionState } from '../ledger/connected-accounts.js';
import { People } from '../ledger/people.js';
import { TicketMap, type TicketResource } from '../ledger/ticket-map.js';
import { parseExternalId } from '../zendesk/external-id.js';
import { IntegrationManifest } from '../zendesk/integration-manifest.js';
import {
  ChannelEvent,
  InstanceData,
  PullRequestData,
  type ResourceEvent,
  ResourcesCreatedData,
  UserIdentityData,
} from './event.dto.js';

/** What became of the events of one call. */
export interface EventsTaken {
  readonly taken: number;
  readonly ignored: number;
}

/**
 * Keeps what this service remembers in step with Zendesk. Each event may come twice. Nobody signs them: what could do harm counts
 * only with the account's metadata, and the rest only for this integration.
 */
@Injectable()
export class EventsService {
  constructor(
    @Inject(IntegrationManifest) private readonly integration: IntegrationManifest,
    @Inject(CredentialsService) private readonly credentials: CredentialsService,
    @Inject(TicketMap) private readonly tickets: TicketMap,
    @Inject(People) private readonly people: People,
    @Inject(ConnectedAccounts) private readonly accounts: ConnectedAccounts,
    @Inject(EventLog) private readonly log: EventLog,
  ) {}

  /** Takes each event; one that cannot be used is ignored and does not hold up the others. */
  async take(events: readonly unknown[]): Promise<EventsTaken> {
    let ignored = 0;
    for (const json of events) {
      if (!(await this.takeOne(json))) ignored += 1;
    }
    return { taken: events.length - ignored, ignored };
  }

  private async takeOne(json: unknown): Promise<boolean> {
    const event = read(ChannelEvent, json);
    if (event?.integration_id !== this.integration.manifest.id) return false;
    switch (event.type_id) {
      case 'create_integration':
      case 'destroy_integration':
        return true;
      case 'create_integration_instance':
      case 'activate_integration_instance':
        return this.noteAccount(event, 'active');
      case 'deactivate_integration_instance':
        return this.noteAccount(event, 'inactive');
      case 'destroy_integration_instance':
        return this.noteAccount(event, 'removed');
      case 'destroy_user_identity':
        return this.forgetPerson(event);
      case 'resources_created_from_external_ids': {
        const data = read(ResourcesCreatedData, event.data);
        return this.mapTickets(event, data?.resource_events);
      }
      case 'pull_request': {
        this.noteFailure(event);
        const data = read(PullRequestData, event.data);
        return this.mapTickets(event, data?.duplicate_external_ids ?? []);
      }
      case 'channelback':
        this.noteFailure(event);
        return true;
    }
  }

  private async noteAccount(event: ChannelEvent, state: ConnectionState): Promise<boolean> {
    const data = read(InstanceData, event.data);
    const account = data === undefined ? undefined : await this.accountIn(data.metadata);
    if (account === undefined) return false;
    await this.accounts.note(account, state, Date.parse(event.timestamp));
    this.log.info('account.told', { account: account.igUserId, state });
    return true;
  }

  private async forgetPerson(event: ChannelEvent): Promise<boolean> {
    const data = read(UserIdentityData, event.data);
    if (data === undefined) return false;
    const account = await this.accountIn(data.metadata ?? '');
    const comments = await this.people.forget(data.author.external_id, account?.igUserId);
    this.log.info('person.forgotten', { comments });
    return true;
  }

  private async mapTickets(
    { subdomain }: ChannelEvent,
    events: readonly ResourceEvent[] | undefined,
  ): Promise<boolean> {
    if (events === undefined) return false;
    await this.tickets.add(
      events
        .map((event) => ticketResource(subdomain, event))
        .filter((resource) => resource !== undefined),
    );
    return true;
  }

  /** Zendesk's own text is not logged: nobody knows what it quotes. */
  private noteFailure({ type_id: type, error }: ChannelEvent): void {
    if (error !== undefined && error !== '') this.log.warn('zendesk.reports_failure', { type });
  }

  private async accountIn(metadata: string): Promise<Account | undefined> {
    try {
      return await this.credentials.open(metadata);
    } catch (error) {
      if (error instanceof ServiceError) return undefined;
      throw error;
    }
  }
}

function ticketResource(subdomain: string, event: ResourceEvent): TicketResource | undefined {
  const resource = parseExternalId(event.external_id);
  const ticketId = event.follow_up_ticket_id ?? event.ticket_id;
  if (resource === undefined || ticketId === undefined) return undefined;
  return {
    subdomain,
    ticketId,
    externalId: event.external_id,
    mediaId: resource.mediaId,
    commentId: resource.kind === 'comment' ? resource.commentId : undefined,
    isFirst:
      event.type_id === 'comment_on_new_ticket' || event.type_id === 'comment_on_follow_up_ticket',
  };
}

function read<T extends object>(type: new () => T, json: unknown): T | undefined {
  if (!isJsonObject(json)) return undefined;
  const checked = validate(type, json, { unknownFields: 'ignore' });
  return 'value' in checked ? checked.value : undefined;
}
