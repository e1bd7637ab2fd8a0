import type { Generated } from 'kysely';
import type { TargetKind } from '../common/like-target.js';

/** The account's likes as far as Instagram confirmed them to this service. */
export interface LikesTable {
  /** The Instagram account's id. */
  ig_user_id: string;
  target_kind: TargetKind;
  target_id: string;
  /** 0 or 1: both engines have integers, not both have booleans. */
  liked: number;
  /** ISO 8601, UTC: when Instagram confirmed it. */
  changed_at: string;
}

/** Likes that were sent, or were about to be, and whose outcome is not known. */
export interface LikeAttemptsTable {
  id: Generated<number>;
  ig_user_id: string;
  target_kind: TargetKind;
  target_id: string;
  /** 0 or 1: what was asked for. */
  liked: number;
  started_at: string;
}

/** Where the accounts' posts are on the web. */
export interface PermalinksTable {
  media_id: string;
  /** The account that the post belongs to. */
  ig_user_id: string;
  permalink: string;
}

export interface LedgerSchema {
  permalinks: PermalinksTable;
  likes: LikesTable;
  like_attempts: LikeAttemptsTable;
}
