import type { Deadline } from '../common/deadline.js';
import type { Secret } from '../domain/secret.js';

export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the version, with a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Undefined when the parameters identify the app. */
  readonly token?: Secret;
  readonly deadline: Deadline;
}

/** An answer as received; its text is untrusted. */
export interface GraphAnswer {
  readonly status: number;
  readonly text: string;
  header(name: string): string | undefined;
}

/**
 * The largest answer to read. A page of 50 comments, each with 50 replies of 2,200 characters,
 * would have 6 MB; real comments have a twentieth of that.
 */
export const ANSWER_MAX_BYTES = 4_194_304;
