/**
 * Limits of Zendesk's Channel Framework. Where its documentation and its published schemas disagree,
 * the stricter number stands here.
 */

/** `metadata`, in characters (documentation: "metadata and state"). */
export const METADATA_MAX_CHARS = 5000;

/** Limits of the integration manifest, in characters (documentation: "integration manifest"). */
export const MANIFEST_LIMITS = {
  name: 255,
  id: 511,
  version: 255,
  author: 255,
  push_client_id: 127,
  url: 511,
} as const;
