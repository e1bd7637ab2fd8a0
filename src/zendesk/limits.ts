/**
 * Limits of Zendesk's Channel Framework. Where its documentation and its published schemas disagree,
 * the stricter number stands here.
 */

/** `metadata`, in characters (documentation: "metadata and state"). */
export const METADATA_MAX_CHARS = 5000;

/** `state`, in characters (documentation: "metadata and state"). */
export const STATE_MAX_CHARS = 5000;

/** The name of a connected account, in characters (its editor in Zendesk's own YouTube integration). */
export const ACCOUNT_NAME_MAX_CHARS = 255;

/** Resources in one answer (documentation: "pull endpoint"; the schemas allow 256). */
export const RESOURCES_MAX = 200;

/** Limits of a resource, in characters (documentation: "pull endpoint"). */
export const RESOURCE_LIMITS = {
  external_id: 255,
  message: 65_535,
  name: 255,
  image_url: 255,
} as const;

/** What Zendesk sends to the channelback endpoint, in characters (documentation: "channelback"). */
export const CHANNELBACK_LIMITS = {
  message: 65_535,
  parent_id: 511,
  thread_id: 511,
  request_unique_identifier: 255,
} as const;

/** Limits of the integration manifest, in characters (documentation: "integration manifest"). */
export const MANIFEST_LIMITS = {
  name: 255,
  id: 511,
  version: 255,
  author: 255,
  push_client_id: 127,
  url: 511,
} as const;
