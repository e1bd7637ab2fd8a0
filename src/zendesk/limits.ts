/**
 * Limits of Zendesk's Channel Framework, in characters unless the name says otherwise. If the
 * documentation and the published schemas disagree, this file has the stricter number.
 */

/** `metadata` (documentation: "metadata and state"). */
export const METADATA_MAX_CHARS = 5000;

/** `state` (documentation: "metadata and state"). */
export const STATE_MAX_CHARS = 5000;

/** The name of a connected account (the limit in Zendesk's own YouTube integration). */
export const ACCOUNT_NAME_MAX_CHARS = 255;

/** Resources in one answer (documentation: "pull endpoint"; the schemas allow 256). */
export const RESOURCES_MAX = 200;

/** The fields of a resource (documentation: "pull endpoint"). */
export const RESOURCE_LIMITS = {
  external_id: 255,
  message: 65_535,
  name: 255,
  image_url: 255,
} as const;

/** The fields of a channelback call (documentation: "channelback"). */
export const CHANNELBACK_LIMITS = {
  message: 65_535,
  parent_id: 511,
  thread_id: 511,
  request_unique_identifier: 255,
} as const;

/** The fields of the integration manifest (documentation: "integration manifest"). */
export const MANIFEST_LIMITS = {
  name: 255,
  id: 511,
  version: 255,
  author: 255,
  push_client_id: 127,
  url: 511,
} as const;
