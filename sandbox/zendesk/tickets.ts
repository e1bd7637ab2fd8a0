/** A resource as an integration hands it out; the fields that tickets are made of. */
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

/** An account of the integration, as Zendesk keeps it for the admin who connected it. */
export interface IntegrationInstance {
  id: string;
  /** Of the Zendesk at which it was connected. */
  subdomain: string;
  name: string;
  /** What the integration service sealed; Zendesk does not look into it. */
  metadata: string;
  state: string;
  active: boolean;
  /** Set when the service asked for the account to be connected anew. */
  needsUpdate: boolean;
}

export interface TicketComment {
  id: number;
  body: string;
  author: string;
  externalId?: string;
  /** `display_info` as an app sees it: each entry's data under its type. */
  channelDisplayInfo: Record<string, object>;
}

export interface Ticket {
  id: string;
  subject: string;
  status: 'open' | 'closed';
  /** The requester's id at the channel. */
  requester?: string;
  threadId?: string;
  comments: TicketComment[];
  allowChannelback: boolean;
  followUpOf?: string;
  /** Another integration that the ticket came through; this Zendesk has it installed, too. */
  otherService?: { name: string; id: string };
  /** The account that the ticket came through; none for a ticket of another channel. */
  instance?: IntegrationInstance;
}

/** What became of a resource, as the event callbacks tell it. */
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
  /** External ids whose parent is not known. */
  orphans: string[];
}

/** Zendesk's tickets, and how resources become tickets. */
export class Tickets {
  readonly all = new Map<string, Ticket>();
  private readonly registered = new Map<string, { ticketId: string; commentId: number }>();
  private nextTicket: number;
  private nextComment = 5001;

  constructor(firstId: number) {
    this.nextTicket = firstId;
  }

  /** A ticket that came by other ways. */
  add(ticket: Pick<Ticket, 'id' | 'subject' | 'otherService'>): void {
    this.all.set(ticket.id, { status: 'open', comments: [], allowChannelback: false, ...ticket });
  }

  /** Takes resources in their order: known ones are passed over, a thread is one ticket, a closed ticket gets a follow-up. */
  import(
    instance: IntegrationInstance,
    resources: readonly Resource[],
    followUps: boolean,
  ): ImportResult {
    const result: ImportResult = { created: [], duplicates: [], orphans: [] };
    for (const resource of resources) {
      const known = this.registered.get(keyOf(instance, resource.external_id));
      if (known !== undefined) {
        result.duplicates.push({
          external_id: resource.external_id,
          ticket_id: Number(known.ticketId),
          comment_id: known.commentId,
        });
        continue;
      }
      const thread = this.threadOf(instance, resource);
      if (thread === undefined) {
        result.orphans.push(resource.external_id);
        continue;
      }
      result.created.push(this.put(instance, resource, thread, followUps));
    }
    return result;
  }

  /** The first of a ticket's resources. */
  parentOf(ticket: Ticket): string | undefined {
    return ticket.comments.find(({ externalId }) => externalId !== undefined)?.externalId;
  }

  /** An agent's comment; `externalId` is what the channel made of it. */
  addReply(ticket: Ticket, body: string, externalId: string): TicketComment {
    const comment = {
      id: this.nextComment++,
      body,
      author: 'agent',
      externalId,
      channelDisplayInfo: {},
    };
    ticket.comments.push(comment);
    this.registered.set(keyOf(ticket.instance, externalId), {
      ticketId: ticket.id,
      commentId: comment.id,
    });
    return comment;
  }

  private threadOf(instance: IntegrationInstance, resource: Resource): string | undefined {
    if (resource.parent_id === undefined) return resource.thread_id ?? resource.external_id;
    const parent = this.registered.get(keyOf(instance, resource.parent_id));
    return parent === undefined ? undefined : this.all.get(parent.ticketId)?.threadId;
  }

  private put(
    instance: IntegrationInstance,
    resource: Resource,
    threadId: string,
    followUps: boolean,
  ): ResourceOutcome {
    const ofThread = [...this.all.values()].filter(
      (ticket) => ticket.instance === instance && ticket.threadId === threadId,
    );
    const last = ofThread.at(-1);
    const isNew = last === undefined || (last.status === 'closed' && followUps);
    const ticket = isNew ? this.newTicket(instance, resource, threadId, last) : last;
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
    this.registered.set(keyOf(instance, resource.external_id), {
      ticketId: ticket.id,
      commentId: comment.id,
    });
    const outcome = { external_id: resource.external_id, comment_id: comment.id };
    if (!isNew) {
      return {
        type_id: 'comment_on_existing_ticket',
        ...outcome,
        ticket_id: Number(ticket.id),
      };
    }
    return last === undefined
      ? { type_id: 'comment_on_new_ticket', ...outcome, ticket_id: Number(ticket.id) }
      : {
          type_id: 'comment_on_follow_up_ticket',
          ...outcome,
          ticket_id: Number(last.id),
          follow_up_ticket_id: Number(ticket.id),
        };
  }

  private newTicket(
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

/** External ids are unique within one Zendesk. */
function keyOf(instance: IntegrationInstance | undefined, externalId: string): string {
  return `${instance?.subdomain ?? ''} ${externalId}`;
}
