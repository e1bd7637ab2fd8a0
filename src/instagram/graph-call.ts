import type { Deadline } from '../common/deadline.js';
import type { Secret } from '../domain/secret.js';
import type { Pass } from '../gate/gate.js';
import type { CallKind } from '../domain/call-kind.js';
import type { Subject } from './graph-error.mapper.js';
import type { GraphRequest } from './graph-request.js';

export interface GraphCall {
  readonly method: GraphRequest['method'];
  /** Below the version, with a leading slash. */
  readonly path: string;
  /** Sent as JSON with POST unless `inQuery`, in the query otherwise. */
  readonly parameters?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly inQuery?: true;
  /** Decides the code and the words of an error. */
  readonly subject: Subject;
  /** The call counts for a limit of its own at Meta. */
  readonly pace?: Extract<CallKind, 'like' | 'message'>;
  /** The caller repeats the read with a smaller page if Instagram asks for one. */
  readonly hasSizes?: boolean;
}

/** Who waits for a call. `reply`: it needs a read that began after the last write. */
export type Purpose = 'agent' | 'pull' | 'reply';

/** The caller of a call. */
export interface GraphCaller {
  readonly token: Secret;
  readonly deadline: Deadline;
  /** The account that acts; none while an account is being connected. */
  readonly igUserId?: string;
  readonly purpose?: Purpose;
}

/** A write that may be sent now. */
export interface WriteTurn {
  readonly pass: Pass;
  /** Gives the turn back. Has no effect after the call was sent. */
  end(): void;
}

/** The limits for which a call counts. */
export function toKind({ method, pace }: GraphCall): CallKind {
  return pace ?? (method === 'GET' ? 'read' : 'write');
}
