import { notFound } from './zendesk-error.js';

/** A resource of an integration; only the fields that become part of tickets. */
export interface Resource {
  external_id: string;
  message: string;
  thread_id?: string;
  parent_id?: string;
  created_at: string;
  author: { external_id: string; name?: string; image_url?: string };
  display_info?: { type: string; data: object }[];
  allow_channelback?: boolean;
  fields?: { id: string | number; value: unknown }[];
}

/** A connected account, as Zendesk stores it. */
export interface IntegrationInstance {
  id: string;
  /** The Zendesk in which it was connected. */
  subdomain: string;
  name: string;
  /** Sealed by the integration service; opaque to Zendesk. */
  metadata: string;
  state: string;
  active: boolean;
  /** Set when the service asked for the account to be reconnected. */
  needsUpdate: boolean;
}

export interface TicketComment {
  id: number;
  body: string;
  author: string;
  externalId?: string;
  /** `display_info` as apps see it: the data of each entry by its type. */
  channelDisplayInfo: Record<string, object>;
}

export interface Ticket {
  id: string;
  subject: string;
  status: 'open' | 'closed';
  /** The requester's external id. */
  requester?: string;
  threadId?: string;
  comments: TicketComment[];
  allowChannelback: boolean;
  followUpOf?: string;
  /** Set if the ticket came through another integration of this Zendesk. */
  otherService?: { name: string; id: string };
  /** The account that the ticket came through; undefined for other channels. */
  instance?: IntegrationInstance;
}

/** A resource's outcome, as the event callbacks report it. */
export interface ResourceOutcome {
  type_id: 'comment_on_new_ticket' | 'comment_on_existing_ticket' | 'comment_on_follow_up_ticket';
  external_id: string;
  ticket_id: number;
  comment_id: number;
  follow_up_ticket_id?: number;
}

export interface ImportResult {
  created: ResourceOutcome[];
  duplicates: { external_id: string; ticket_id: number; comment_id: number }[];
  /** External ids of resources with an unknown parent. */
  orphans: string[];
}

/** Zendesk's tickets. Turns resources into tickets and comments. */
export class Tickets {
  readonly all = new Map<string, Ticket>();
  private readonly registered = new Map<string, { ticketId: string; commentId: number }>();
  private nextTicket: number;
  private nextComment = 5001;

  constructor(firstId: number) {
    this.nextTicket = firstId;
  }

  get(id: string): Ticket {
    const ticket = this.all.get(id);
    if (ticket === undefined) throw notFound();
    return ticket;
  }

  /** Adds a ticket that did not come through the integration. */
  add(ticket: Pick<Ticket, 'id' | 'subject' | 'otherService'>): void {
    this.all.set(ticket.id, { status: 'open', comments: [], allowChannelback: false, ...ticket });
  }

  /**
   * Imports resources in their order. Skips known ones; a thread becomes one ticket; a closed
   * ticket gets a follow-up.
   */
  import(
    instance: IntegrationInstance,
    resources: readonly Resource[],
    followUps: boolean,
  ): ImportResult {
    const result: ImportResult = { created: [], duplicates: [], orphans: [] };
    for (const resource of resources) {
      const known = this.registered.get(toKey(instance, resource.external_id));
      if (known !== undefined) {
        result.duplicates.push({
          external_id: resource.external_id,
          ticket_id: Number(known.ticketId),
          comment_id: known.commentId,
        });
        continue;
      }
      const thread = this.findThread(instance, resource);
      if (thread === undefined) {
        result.orphans.push(resource.external_id);
        continue;
      }
      result.created.push(this.addResource(instance, resource, thread, followUps));
    }
    return result;
  }

  /** Adds an agent's reply with the external id that the channel gave it. */
  addReply(ticket: Ticket, body: string, externalId: string): TicketComment {
    const comment = {
      id: this.nextComment++,
      body,
      author: 'agent',
      externalId,
      channelDisplayInfo: {},
    };
    ticket.comments.push(comment);
    this.register(ticket, externalId, comment.id);
    return comment;
  }

  private register(ticket: Ticket, externalId: string, commentId: number): void {
    this.registered.set(toKey(ticket.instance, externalId), { ticketId: ticket.id, commentId });
  }

  private findThread(instance: IntegrationInstance, resource: Resource): string | undefined {
    if (resource.parent_id === undefined) return resource.thread_id ?? resource.external_id;
    const parent = this.registered.get(toKey(instance, resource.parent_id));
    return parent === undefined ? undefined : this.all.get(parent.ticketId)?.threadId;
  }

  private addResource(
    instance: IntegrationInstance,
    resource: Resource,
    threadId: string,
    followUps: boolean,
  ): ResourceOutcome {
    const inThread = [...this.all.values()].filter(
      (ticket) => ticket.instance === instance && ticket.threadId === threadId,
    );
    const last = inThread.at(-1);
    const isNew = last === undefined || (last.status === 'closed' && followUps);
    const ticket = isNew ? this.createTicket(instance, resource, threadId, last) : last;
    const comment = {
      id: this.nextComment++,
      body: resource.message,
      author: resource.author.name ?? resource.author.external_id,
      externalId: resource.external_id,
      channelDisplayInfo: Object.fromEntries(
        (resource.display_info ?? []).map(({ type, data }) => [type, data]),
      ),
    };
    ticket.comments.push(comment);
    ticket.allowChannelback = resource.allow_channelback ?? true;
    this.register(ticket, resource.external_id, comment.id);
    const outcome = { external_id: resource.external_id, comment_id: comment.id };
    const ticketId = Number(ticket.id);
    if (last === undefined) {
      return { type_id: 'comment_on_new_ticket', ...outcome, ticket_id: ticketId };
    }
    if (!isNew) return { type_id: 'comment_on_existing_ticket', ...outcome, ticket_id: ticketId };
    return {
      type_id: 'comment_on_follow_up_ticket',
      ...outcome,
      ticket_id: Number(last.id),
      follow_up_ticket_id: ticketId,
    };
  }

  private createTicket(
    instance: IntegrationInstance,
    { author, fields, message }: Resource,
    threadId: string,
    followUpOf: Ticket | undefined,
  ): Ticket {
    while (this.all.has(String(this.nextTicket))) this.nextTicket += 1;
    const id = String(this.nextTicket++);
    const subject = fields?.find((field) => field.id === 'subject')?.value;
    const ticket: Ticket = {
      id,
      subject: typeof subject === 'string' ? subject : message.slice(0, 80),
      status: 'open',
      requester: author.external_id,
      threadId,
      comments: [],
      allowChannelback: true,
      instance,
      ...(followUpOf === undefined ? {} : { followUpOf: followUpOf.id }),
    };
    this.all.set(id, ticket);
    return ticket;
  }
}

/** External ids are unique within a Zendesk. */
function toKey(instance: IntegrationInstance | undefined, externalId: string): string {
  return `${instance?.subdomain ?? ''} ${externalId}`;
}
