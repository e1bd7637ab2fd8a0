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

/** Each event of the log and its fields. docs/operations.md describes the events. */
export interface LogEvents {
  'service.started': Readonly<{
    address: string;
    public_url: string;
    meta_app_id: string | undefined;
  }>;
  'service.failed_to_start': UnexpectedFields;
  'credentials.plaintext_allowed': NoFields;
  'framework.warning': FrameworkFields;
  'framework.error': FrameworkFields & Partial<UnexpectedFields>;
  'request.answered': InRequest &
    RequestNotes &
    Readonly<{ method: string; route: string; status: number; ms: number; ip: string }>;
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
  'health.database_failed': UnexpectedFields;
}

type FrameworkFields = Readonly<{ message?: string | undefined; context?: string | undefined }>;

export type EventName = keyof LogEvents;

/** Events of an unexpected error. */
export type UnexpectedEvent = {
  [Name in EventName]: 'stack' extends keyof LogEvents[Name] ? Name : never;
}[EventName];
