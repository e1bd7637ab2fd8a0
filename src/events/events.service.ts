import { Injectable } from '@nestjs/common';
import { ServiceError } from '../common/errors/service-error.js';
import { Budget } from '../common/http/budget.js';
import { isJsonObject } from '../common/json-object.js';
import { EventLog } from '../common/logging/event-log.js';
import { validate } from '../common/validation/validate.js';
import type { Account } from '../domain/account.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import { AuthorDeletionService } from '../ledger/deletion/author-deletion.service.js';
import { ConnectedAccounts, type ConnectionState } from '../ledger/accounts/connected-accounts.js';
import { type SharedBudget, SharedBudgets } from '../ledger/budgets/shared-budgets.js';
import { TicketRecorder } from '../ledger/tickets/ticket-recorder.js';
import { IntegrationManifest } from '../zendesk/integration-manifest.js';
import {
  ChannelEvent,
  InstanceData,
  PullRequestData,
  ResourceEvent,
  ResourcesCreatedData,
  UserIdentityData,
} from './event.dto.js';
import { toTicketMentions } from './ticket-mentions.js';

/**
 * Unsigned events of one address, plus entries that change nothing, that are accepted in
 * `BUDGET_MS`. Zendesk sends about two events a minute for an account, from addresses that its
 * customers share, so this serves thousands of accounts.
 */
const UNSIGNED_MAX = 5000;
export const BUDGET_MS = 60_000;
/**
 * Database failures after which a call stops. The remaining events would fail too, and Zendesk
 * sends the whole call again.
 */
const FAILURES_MAX = 3;

/** `refused`: the sender has used up its budget and may send the event again later. */
type Outcome = 'taken' | 'ignored' | 'refused';

/** The number of events of a call by outcome. */
type EventOutcomes = Readonly<Record<Outcome, number>>;

/**
 * Updates the ledger from Zendesk's events. Each event may come twice. Events are unsigned: those
 * that could do harm count only with the account's metadata, and the others only for accounts that
 * are connected to the event's Zendesk (docs/decisions/unsigned-events.md).
 */
@Injectable()
export class EventsService {
  private readonly budget: SharedBudget;

  constructor(
    private readonly integration: IntegrationManifest,
    private readonly credentials: CredentialsService,
    private readonly tickets: TicketRecorder,
    private readonly authorDeletion: AuthorDeletionService,
    private readonly accounts: ConnectedAccounts,
    private readonly log: EventLog,
    budgets: SharedBudgets,
  ) {
    this.budget = budgets.create('events', new Budget(UNSIGNED_MAX, BUDGET_MS));
  }

  /**
   * Handles each event by itself, so a failed event does not affect the others.
   *
   * @param address of the sender.
   * @throws {ServiceError} if the database failed at an event; Zendesk may send all of them again.
   */
  async handle(events: readonly unknown[], address: string): Promise<EventOutcomes> {
    const outcomes: Record<Outcome, number> = { taken: 0, ignored: 0, refused: 0 };
    const failures: ServiceError[] = [];
    for (const json of events) {
      if (failures.length === FAILURES_MAX) break;
      try {
        outcomes[await this.handleOne(json, address)] += 1;
      } catch (error) {
        if (error instanceof ServiceError) failures.push(error);
        else this.log.unexpected('event.failed', error);
        outcomes.ignored += 1;
      }
    }
    if (failures[0] !== undefined) throw failures[0];
    return outcomes;
  }

  private async handleOne(json: unknown, address: string): Promise<Outcome> {
    const event = read(ChannelEvent, json);
    if (event?.integration_id !== this.integration.manifest.id) return 'ignored';
    switch (event.type_id) {
      case 'create_integration':
      case 'destroy_integration':
        return 'taken';
      case 'create_integration_instance':
      case 'activate_integration_instance':
        return this.recordState(event, 'active');
      case 'deactivate_integration_instance':
        return this.recordState(event, 'inactive');
      case 'destroy_integration_instance':
        return this.recordState(event, 'removed');
      case 'destroy_user_identity':
        return this.deleteAuthor(event, address);
      case 'resources_created_from_external_ids': {
        const data = read(ResourcesCreatedData, event.data);
        return this.recordTickets(event, data?.resource_events, address);
      }
      case 'pull_request': {
        this.logFailure(event);
        const data = read(PullRequestData, event.data);
        return this.recordTickets(event, data?.duplicate_external_ids ?? [], address);
      }
      case 'channelback':
        this.logFailure(event);
        return 'taken';
    }
  }

  private async recordState(event: ChannelEvent, state: ConnectionState): Promise<Outcome> {
    const data = read(InstanceData, event.data);
    const account = data === undefined ? undefined : await this.openAccount(data.metadata);
    if (account === undefined) return 'ignored';
    await this.accounts.note(account, state, Date.parse(event.timestamp));
    await this.accounts.noteName(account, event.subdomain);
    this.log.info('account.told', { account: account.igUserId, state });
    return 'taken';
  }

  private async deleteAuthor(event: ChannelEvent, address: string): Promise<Outcome> {
    const data = read(UserIdentityData, event.data);
    if (data === undefined) return 'ignored';
    const account = await this.openAccount(data.metadata ?? '');
    if (account !== undefined) await this.accounts.noteName(account, event.subdomain);
    else if (!(await this.budget.spend(address))) return 'refused';
    const scope =
      account === undefined ? { subdomain: event.subdomain } : { igUserId: account.igUserId };
    const comments = await this.authorDeletion.delete(data.author.external_id, scope);
    this.log.info('person.forgotten', { comments });
    return 'taken';
  }

  private async recordTickets(
    { subdomain }: ChannelEvent,
    entries: readonly unknown[] | undefined,
    address: string,
  ): Promise<Outcome> {
    if (entries === undefined) return 'ignored';
    if (entries.length === 0) return 'taken';
    if (!(await this.budget.spend(address))) return 'refused';
    const events = entries
      .map((entry) => read(ResourceEvent, entry))
      .filter((event) => event !== undefined);
    if (events.length === 0) return 'ignored';
    const mentions = events.flatMap(toTicketMentions);
    const useless = await this.tickets.add(subdomain, mentions);
    if (useless > 0) await this.budget.spend(address, useless);
    return 'taken';
  }

  /** Does not log Zendesk's text, because it may quote anything. */
  private logFailure({ type_id: type, error }: ChannelEvent): void {
    if (error !== undefined && error !== '') this.log.warn('zendesk.reports_failure', { type });
  }

  private async openAccount(metadata: string): Promise<Account | undefined> {
    try {
      return await this.credentials.open(metadata);
    } catch (error) {
      if (error instanceof ServiceError) return undefined;
      throw error;
    }
  }
}

function read<T extends object>(type: new () => T, json: unknown): T | undefined {
  if (!isJsonObject(json)) return undefined;
  const checked = validate(type, json, { unknownFields: 'ignore' });
  return 'value' in checked ? checked.value : undefined;
}
