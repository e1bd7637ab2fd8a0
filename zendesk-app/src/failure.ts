import type { TextName, Texts } from './texts.js';

export interface FailureDetails {
  /** A sentence that says how to fix it. */
  readonly fix?: string | undefined;
  /** The service's error code, which the agent can report to support. */
  readonly code?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Whether the sentences come from the service, which writes English. */
  readonly isFromService?: boolean;
  /**
   * What the failed call did to the like. `none`: nothing. `unknown`: the service received the
   * call, and its `/like/state` reports the result. `in_flight`: the call may still arrive there.
   */
  readonly effect: 'none' | 'unknown' | 'in_flight';
}

/** A call that failed, in sentences for the agent. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly details: FailureDetails,
  ) {
    super(message);
  }
}

/** With these codes the service cannot say whether it set the like (docs/protocol.md, "Errors"). */
const UNKNOWN_EFFECT = ['platform_unavailable', 'deadline_exceeded', 'internal'];

/** Builds a failure from the app's own texts. */
export function buildAppFailure(
  texts: Pick<Texts, 'get'>,
  message: TextName,
  fix: TextName,
  effect: FailureDetails['effect'],
  values: Record<string, string | number> = {},
): Failure {
  return new Failure(texts.get(message, values), { fix: texts.get(fix, values), effect });
}

/** Builds a failure from an error that the service returned. */
export function buildServiceFailure(error: {
  code: string;
  message: string;
  fix: string | undefined;
  retryAfterSeconds: number | undefined;
}): Failure {
  const { code, message, fix, retryAfterSeconds } = error;
  return new Failure(message, {
    code,
    fix,
    retryAfterSeconds,
    isFromService: true,
    effect: UNKNOWN_EFFECT.includes(code) ? 'unknown' : 'none',
  });
}

/** The text of a Zendesk notification, escaped because Zendesk renders it as HTML. */
export function toNotificationHtml({ message, details }: Failure): string {
  const text = [message, details.fix ?? ''].join(' ').trim();
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
