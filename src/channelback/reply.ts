import { ServiceError } from '../common/errors/service-error.js';
import { type InstagramResource, parseExternalId } from '../domain/external-id.js';
import type { Target } from '../domain/target.js';
import type { ChannelbackRequest } from './channelback-request.dto.js';
import { toPlainText } from './message-text.js';

/** The longest comment that Instagram accepts. */
const COMMENT_MAX_CHARS = 2200;

/** A reply of an agent. */
export interface Reply {
  /** The post or comment that it answers. */
  readonly parent: InstagramResource;
  readonly text: string;
  /** Zendesk's identifier of the reply, if Zendesk sent one. */
  readonly requestId: string | undefined;
}

/**
 * The post or comment that a request answers: Zendesk names a resource, or a thread by its first
 * resource.
 *
 * @throws {ServiceError} `invalid_request`.
 */
export function readParent({
  parent_id: parentId,
  thread_id: threadId,
}: ChannelbackRequest): InstagramResource {
  const parent = parseExternalId(parentId ?? '') ?? parseExternalId(threadId ?? '');
  if (parent !== undefined) return parent;
  throw new ServiceError(
    'invalid_request',
    'Neither parent_id nor thread_id names a post or comment of this channel.',
  );
}

/**
 * The text to post.
 *
 * @throws {ServiceError} `invalid_request` if Instagram would reject the text.
 */
export function readText({ message }: ChannelbackRequest): string {
  const text = toPlainText(message);
  if (text === '') {
    throw new ServiceError('invalid_request', 'The reply has no text, and Instagram needs one.');
  }
  const length = Array.from(text).length;
  if (length > COMMENT_MAX_CHARS) {
    throw new ServiceError(
      'invalid_request',
      `The reply has ${String(length)} characters; Instagram allows ${String(COMMENT_MAX_CHARS)}.`,
      { fix: 'Make it shorter, or send it in parts.' },
    );
  }
  return text;
}

export function readRequestId({
  request_unique_identifier: id = '',
}: ChannelbackRequest): string | undefined {
  return id.trim() === '' ? undefined : id;
}

export function toTarget(resource: InstagramResource): Target {
  return resource.kind === 'media'
    ? { kind: 'media', id: resource.mediaId }
    : { kind: 'comment', id: resource.commentId };
}
