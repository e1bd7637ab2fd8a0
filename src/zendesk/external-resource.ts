/** A message that Zendesk turns into a ticket or a comment (Zendesk, "Pull endpoint"). */
export interface ExternalResource {
  /** Permanently unique. Zendesk skips resources with known ids. */
  readonly external_id: string;
  /** Never empty. */
  readonly message: string;
  /** Resources of one thread form one ticket. */
  readonly thread_id: string;
  /** ISO 8601, UTC. */
  readonly created_at: string;
  readonly author: ExternalAuthor;
  /** Data for sidebar apps, which find their entry by its `type`. */
  readonly display_info: readonly DisplayInfo[];
  readonly allow_channelback: boolean;
  /** Zendesk sets these ticket fields when the resource creates a ticket. */
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
