import type { CallKind } from '../../domain/call-kind.js';
import type { ErrorCode } from '../../domain/error-codes.js';

/** Fields of a log line. The code chooses each value; none is copied from input. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The event's name alone; the log itself writes `event`. */
type NoFields = Readonly<{ event?: never }>;

/** Why a call failed. A `ServiceError` carries these fields. */
export type FailureFields = Readonly<{
  /** Status, codes and trace id of an answer from Meta. */
  graph_status?: number | undefined;
  graph_code?: number | undefined;
  graph_subcode?: number | undefined;
  fbtrace_id?: string | undefined;
  /** The code of a network error, such as `ECONNRESET`. */
  network_error?: string | undefined;
  /** Whether the call to Instagram may have left this machine. */
  sent?: boolean;
  /** The code from SQLite or PostgreSQL. */
  database_code?: string | undefined;
  waited_for?: 'database';
  /** Why the gate did not let the call pass. */
  gate?: 'hold' | 'pace' | 'usage' | 'share';
  reason?: 'not_a_comment' | 'not_own_post' | 'newer_seal';
  /** The invalid fields of a sealed account, without their values. */
  faults?: string;
}>;

/** Fields that a route adds to the line of its request. */
export type RequestNotes = FailureFields &
  Readonly<{
    /** `ok`, an error code, or the key of a message on the setup page. */
    outcome?: string;
    account?: string;
    /** The kind and id of a post or comment, such as `media/17900000000000000`. */
    target?: string;
    /** How many hearts `/like/state` was asked for. */
    targets?: number;
    liked?: boolean;
    /** A like: a later click on the same heart was sent in its place, with the opposite wish. */
    superseded?: boolean;
    hidden?: boolean;
    /** A pull: the Zendesk of the account, and the key and time of the seal that it sent. */
    subdomain?: string | undefined;
    key?: string | undefined;
    sealed_at?: string | undefined;
    /** A pull: whether its answer contains a new seal. */
    renewed?: boolean;
    /** A pull: how many resources it returned, and the error that ended it early. */
    resources?: number;
    ended_by?: ErrorCode | null;
    /** Events: how many had which outcome. */
    taken?: number;
    ignored?: number;
    refused?: number;
    /** The setup page: how Meta refused the trial like. */
    refusal?: string;
    /** The setup page: the error code that Facebook's login returned. */
    facebook_error?: string | undefined;
  }>;

/** The kind of an unexpected error and its place in the code. */
export type UnexpectedFields = Readonly<{
  error: string;
  error_code?: string | undefined;
  stack?: string;
}>;

type InRequest = Readonly<{ request_id: string }>;

/** How it was noticed that the ledger is a copy. */
export type LineBreakCause =
  | 'unknown_ledger'
  | 'higher_number'
  | 'other_name'
  | 'database_replaced'
  | 'database_behind'
  | 'file_ahead'
  | 'file_of_other_ledger'
  | 'file_missing'
  | 'command';

/**
 * A rule that the code keeps in every case, whatever other systems do. A broken one is a fault of
 * this service (docs/decisions/invariants.md).
 */
export type Invariant =
  'like_settles_no_later_attempt' | 'claim_within_bound' | 'pull_number_rises' | 'pass_used_once';

/** Each event of the log and its fields. docs/operations.md describes the events. */
export interface LogEvents {
  'service.started': Readonly<{
    version: string;
    address: string;
    public_url: string;
    meta_app_id: string | undefined;
  }>;
  'service.failed_to_start': UnexpectedFields;
  'service.doubtful_setting': Readonly<{ setting: string; fix: string }>;
  'metrics.started': Readonly<{ address: string }>;
  'metrics.failed': UnexpectedFields;
  'service.stopping': Readonly<{ signal: 'SIGTERM' | 'SIGINT'; delay_ms: number }>;
  'service.failed_to_stop': UnexpectedFields;
  'service.hangup_ignored': NoFields;
  'service.few_handles': Readonly<{
    handles: number | undefined;
    clients: number;
    instagram: number;
    fix: string;
  }>;
  'connections.shed': ConnectionFields;
  'connections.refused': ConnectionFields;
  'handles.exhausted': Readonly<{ count: number }>;
  'credentials.plaintext_allowed': NoFields;
  'framework.warning': FrameworkFields;
  'framework.error': FrameworkFields & Partial<UnexpectedFields>;
  'request.answered': InRequest &
    RequestNotes &
    Readonly<{ method: string; route: string; status: number; ms: number; ip: string }>;
  /** A call to Meta, with the status of its answer if there was one. */
  'instagram.called': FailureFields &
    Readonly<{
      operation: CallKind;
      method: string;
      /** `ok`, or an error code. */
      outcome: string;
      status?: number | undefined;
      ms: number;
    }>;
  /** A call to Meta had to wait for the pace of its account. */
  'gate.waited': Readonly<{ operation: CallKind; ms: number }>;
  /** The highest of the counters that Meta reported. */
  'gate.usage': Readonly<{ account: string; reach: 'app' | 'account'; percent: number }>;
  'account.pulled': Readonly<{
    account: string;
    outcome: string;
    /** When the account's login ends, in seconds since 1970; undefined if it does not. */
    login_ends?: number | undefined;
  }>;
  /** A script of the ledger, with its commit if it wrote. */
  'database.answered': Readonly<{ ms: number }>;
  'request.finished_late': InRequest & Readonly<{ route: string; ms: number; outcome: string }>;
  'request.failed': InRequest & UnexpectedFields;
  'proxy.first_call': Readonly<{ encoding: 'form' | 'json'; headers: string }>;
  'proxy.not_trusted': Readonly<{ ip: string; fix: string }>;
  'proxy.failed': InRequest & UnexpectedFields;
  'admin.not_checked': FailureFields & Readonly<{ outcome: ErrorCode }>;
  'log_ins.not_deleted': UnexpectedFields;
  'privacy.deauthorized': Readonly<{ accounts: number }>;
  'privacy.deleted': Readonly<{ accounts: number; shared: number }>;
  'privacy.no_app_secret': NoFields;
  'pull.post_left_out': Readonly<{ account: string; media: string; code: ErrorCode }>;
  'pull.memory_not_shared': UnexpectedFields;
  'account.told': Readonly<{ account: string; state: 'active' | 'inactive' | 'removed' }>;
  'person.forgotten': Readonly<{ comments: number }>;
  'event.failed': UnexpectedFields;
  'zendesk.reports_failure': Readonly<{ type: string }>;
  'ledger.write_failed': UnexpectedFields;
  'ledger.not_swept': UnexpectedFields;
  'ledger.line_broken': Readonly<{ account?: string; cause: LineBreakCause }>;
  'ledger.line_unchecked': Readonly<{ part: 'system_identifier' | 'timeline' | 'table' }>;
  'ledger.line_not_filed': UnexpectedFields;
  'clock.skewed': Readonly<{ seconds: number }>;
  'database.closed': Readonly<{ failures: number; retry_ms: number }>;
  'database.opened': Readonly<{ ms: number }>;
  'database.lost': UnexpectedFields;
  'health.database_failed': UnexpectedFields;
  'gate.closed': Readonly<{
    account: string;
    reason: string;
    until: string;
    graph_code?: number | undefined;
    graph_subcode?: number | undefined;
  }>;
  'gate.opened': Readonly<{ account: string; reason: string }>;
  'gate.not_shared': UnexpectedFields;
  'invariant.broken': Readonly<{ rule: Invariant }>;
  'budget.not_shared': UnexpectedFields;
}

/** `count` since the line before, and the connections that are `open` of `max`. */
type ConnectionFields = Readonly<{ count: number; open: number; max: number }>;

type FrameworkFields = Readonly<{ message?: string | undefined; context?: string | undefined }>;

export type EventName = keyof LogEvents;

/** Events of an unexpected error. */
export type UnexpectedEvent = {
  [Name in EventName]: 'stack' extends keyof LogEvents[Name] ? Name : never;
}[EventName];
