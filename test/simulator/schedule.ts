import type { NetworkFaults } from './graph-network.js';
import type { DatabaseFaults } from './postgres-pool.js';

/** Chooses one of the things that exist when the step runs. */
export type Choice = number;

export type Action =
  /** Agents click, one shortly after the other, maybe on several replicas. */
  | { readonly kind: 'click'; readonly heart: Choice; readonly clicks: readonly Click[] }
  /** Agents click many hearts of one account at once. */
  | { readonly kind: 'rush'; readonly count: number }
  | { readonly kind: 'read'; readonly heart: Choice; readonly replica: Choice }
  | { readonly kind: 'post'; readonly account: Choice; readonly ageDays: number }
  | { readonly kind: 'comment'; readonly writings: readonly Writing[]; readonly count: number }
  | { readonly kind: 'edit'; readonly comment: Choice; readonly deletes: boolean }
  | ReplyAction
  /** One pull, or two at once. */
  | { readonly kind: 'pull'; readonly account: Choice; readonly replicas: readonly Choice[] }
  /** The replica crashes after it has handled so many further events. */
  | {
      readonly kind: 'crash';
      readonly replica: Choice;
      readonly afterEvents: number;
      /** How long the database takes to notice. */
      readonly noticedMs: number;
    }
  /** The process stops and goes on later, as in a migration of its machine. */
  | (Halt & { readonly kind: 'halt'; readonly replica: Choice })
  /** A replica halts while it handles a click, and agents click the same heart meanwhile. */
  | {
      readonly kind: 'stall';
      readonly heart: Choice;
      readonly click: Click;
      readonly halt: Halt;
      readonly others: readonly Click[];
    }
  | { readonly kind: 'hang_database'; readonly ms: number }
  | { readonly kind: 'hang_instagram'; readonly ms: number }
  | { readonly kind: 'back_up' }
  /** The database is recovered from the last copy, and every replica starts again. */
  | { readonly kind: 'restore' };

export interface Halt {
  readonly afterEvents: number;
  readonly ms: number;
  /** Whether its timers stop too, as they do if the whole machine sleeps. */
  readonly stopsTimers: boolean;
}

export interface ReplyAction {
  readonly kind: 'reply';
  readonly parent: Choice;
  /** Whether other replies may have the same text. */
  readonly isCommon: boolean;
  readonly sends: readonly Send[];
}

export interface Click {
  readonly replica: Choice;
  readonly liked: boolean;
  readonly gapMs: number;
}

/** A comment of a customer or, in Instagram's app, of the account. */
export interface Writing {
  readonly post: Choice;
  /** 0 for a comment right under the post; otherwise chooses the comment to answer. */
  readonly replyTo: Choice;
  readonly isOwn: boolean;
  /** How long after its time it appears. */
  readonly lateMs: number;
}

/** A comment from before the account was connected. */
export interface EarlierWriting extends Omit<Writing, 'lateMs'> {
  readonly ageMs: number;
}

/** One request for a reply. Zendesk repeats it until it gets an answer. */
export interface Send {
  readonly replica: Choice;
  readonly gapMs: number;
}

interface Step {
  /** The time since the step before, which may still be running. */
  readonly gapMs: number;
  /** Decides the delays and faults of this step alone, so other steps can be left out. */
  readonly salt: number;
  readonly action: Action;
}

export interface Schedule {
  readonly replicas: number;
  /** How far each replica's clock is ahead. */
  readonly skews: readonly number[];
  readonly accounts: number;
  readonly pageSize: number;
  readonly threads: 'media' | 'comment';
  readonly backfillDays: number;
  /** The age in days of each account's posts. */
  readonly postAges: readonly number[];
  readonly earlier: readonly EarlierWriting[];
  readonly network: NetworkFaults;
  readonly database: DatabaseFaults;
  /** How often an answer of the service is lost on its way. */
  readonly lostAnswers: number;
  readonly steps: readonly Step[];
}

export function choose<T>(from: readonly T[], by: Choice): T | undefined {
  return from[by % Math.max(1, from.length)];
}
