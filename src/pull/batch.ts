import type { Account } from '../domain/account.js';
import type { Comment, Media } from '../instagram/graph-objects.js';
import type { ExternalResource } from '../zendesk/external-resource.js';
import { RESOURCES_MAX } from '../zendesk/limits.js';
import type { PullMemory } from './pull-memory.js';
import { type ResourceMapper, toCommentExternalId, toMediaExternalId } from './resource-mapper.js';

/**
 * Resources of one answer that may belong to comments that appeared late. After a restart, Zendesk
 * has many of these already, and new comments must not wait for them.
 */
export const LATE_MAX = RESOURCES_MAX / 2;

export interface BatchOptions {
  readonly account: Account;
  readonly mapper: ResourceMapper;
  readonly memory: PullMemory;
  readonly series: string;
  /** Earlier comments are handed out only with a later reply. Milliseconds since 1970. */
  readonly from: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A comment and its position in a thread. */
export interface FoundComment {
  readonly media: Media;
  readonly comment: Comment;
  /** The comment that it answers, if that was read as well. */
  readonly parent: Comment | undefined;
  /** Id of the comment right under the post. */
  readonly topId: string;
}

/** The resources of one answer: new ones, each with those above it in its thread. */
export class Batch {
  private readonly resources = new Map<string, ExternalResource>();
  /** Times to sort the resources by. None is earlier than the one above it. */
  private readonly times = new Map<string, number>();
  private lateResources = 0;

  constructor(private readonly options: BatchOptions) {}

  get size(): number {
    return this.resources.size;
  }

  get acceptsLate(): boolean {
    return this.lateResources < LATE_MAX;
  }

  /** Oldest first: a ticket reads in order, and parents come before their replies. */
  get sorted(): readonly ExternalResource[] {
    const readTime = (each: ExternalResource): number => this.times.get(each.external_id) ?? 0;
    return [...this.resources.values()].sort((one, other) => readTime(one) - readTime(other));
  }

  /** @returns false if the comment is new and does not fit. */
  add(found: FoundComment): boolean {
    const group = this.toGroup(found);
    if (this.size + group.length > RESOURCES_MAX) return false;
    for (const [resource, time] of group) {
      this.resources.set(resource.external_id, resource);
      this.times.set(resource.external_id, time);
    }
    return true;
  }

  /** Adds a comment that appeared late. */
  addLate(found: FoundComment): boolean {
    const before = this.size;
    const fits = this.lateResources + this.toGroup(found).length <= LATE_MAX && this.add(found);
    this.lateResources += this.size - before;
    return fits;
  }

  isNew(media: Media, comment: Comment): boolean {
    return this.isNewId(toCommentExternalId(media, comment));
  }

  /** A comment, the comment that it answers and the post, if they are new, with their times. */
  private toGroup({ media, comment, parent, topId }: FoundComment): [ExternalResource, number][] {
    const { account, mapper, from, now } = this.options;
    if (!this.isNew(media, comment)) return [];
    const ownAt = comment.createdAt ?? now;
    const parentAt = parent?.createdAt ?? ownAt;
    const mediaAt = media.createdAt ?? Math.min(from, parentAt);
    const isByMedia = account.threads === 'media';
    const mediaTime = isByMedia ? (this.times.get(toMediaExternalId(media)) ?? mediaAt) : 0;
    const group: [ExternalResource, number][] = [];
    if (isByMedia) group.push([mapper.mapMedia(media, mediaAt), mediaTime]);
    let aboveTime = mediaTime;
    if (parent !== undefined) {
      const known = this.times.get(toCommentExternalId(media, parent));
      aboveTime = known ?? Math.max(mediaTime, parentAt);
      group.push([mapper.mapComment(parent, { media, topId }, parentAt), aboveTime]);
    }
    const ownTime = Math.max(aboveTime, ownAt);
    group.push([mapper.mapComment(comment, { media, parent, topId }, ownAt), ownTime]);
    return group.filter(([{ external_id: externalId }]) => this.isNewId(externalId));
  }

  private isNewId(externalId: string): boolean {
    const { memory, series } = this.options;
    return !this.resources.has(externalId) && !memory.wasDelivered(series, externalId);
  }
}
