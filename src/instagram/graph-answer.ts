import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';

/** The part of Graph's error envelope that decides anything. */
export interface GraphError {
  readonly code: number;
  readonly subcode: number | undefined;
  readonly isTransient: boolean;
  /** Meta's id of the call, for its support. */
  readonly traceId: string | undefined;
}

export type GraphResult =
  | { readonly kind: 'object'; readonly object: Readonly<Record<string, unknown>> }
  | { readonly kind: 'error'; readonly error: GraphError }
  /** Nothing that Meta documents: HTML, a redirect, an array. */
  | { readonly kind: 'unusable' };

/** Meta's trace ids have 11 to 23 characters; a longer text is something else. */
const TRACE_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** Reads an answer. A result has status 200; an error is read by its codes, never by status or text. */
export function readGraphAnswer(status: number, text: string): GraphResult {
  const json: unknown = sjson.safeParse(text);
  if (!isJsonObject(json)) return { kind: 'unusable' };
  if (json.error === undefined) {
    return status === 200 ? { kind: 'object', object: json } : { kind: 'unusable' };
  }
  const error = json.error;
  if (!isJsonObject(error) || !Number.isInteger(error.code)) return { kind: 'unusable' };
  const { code, error_subcode: subcode, is_transient: isTransient, fbtrace_id: traceId } = error;
  return {
    kind: 'error',
    error: {
      code: code as number,
      subcode: Number.isInteger(subcode) ? (subcode as number) : undefined,
      isTransient: isTransient === true,
      traceId: typeof traceId === 'string' && TRACE_ID.test(traceId) ? traceId : undefined,
    },
  };
}
