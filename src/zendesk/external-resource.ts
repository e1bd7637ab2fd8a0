/** A message that Zendesk makes a ticket or a ticket's comment of (Zendesk, "Pull endpoint"). */
export interface ExternalResource {
  /** Unique for ever; Zendesk passes over what it has. */
  readonly external_id: string;
  /** Never empty. */
  readonly message: string;
  /** Resources of one thread are one ticket. */
  readonly thread_id: string;
  /** ISO 8601, UTC. */
  readonly created_at: string;
  readonly author: ExternalAuthor;
  /** For apps beside the ticket: each entry is found by its `type`. */
  readonly display_info: readonly DisplayInfo[];
  readonly allow_channelback: boolean;
  /** Taken when the resource makes a ticket. */
  readonly fields: readonly { readonly id: string; readonly value: string }[];
}

export interface ExternalAuthor {
  readonly external_id: string;
  readonly name?: string;
  readonly image_url?: string;
}

interface DisplayInfo {
  /** `<manifest id>/media/v1`. */
  readonly type: string;
  readonly data: Readonly<Record<string, string | null>>;
}
