import { toServiceSentences } from './service-sentences.js';
import type { TextName, Texts } from './texts.js';

export interface FailureDetails {
  /** A sentence that says how to fix it. */
  readonly fix?: string | undefined;
  /** The service's error code, which the agent can report to support. */
  readonly code?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Whether the sentences are the service's own, in English. */
  readonly isEnglish?: boolean;
  /** The service's own sentences, in English, if others are shown. */
  readonly original?: string | undefined;
  /**
   * What the failed call did. `none`: nothing. `unknown`: the service received the call, but the
   * result is unknown. `in_flight`: the call may still arrive there.
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

  /** The same failure for a place where another sentence says how to fix it. */
  withoutFix(): Failure {
    return new Failure(this.message, { ...this.details, fix: undefined });
  }
}

/** With these codes the service cannot say what the call did (docs/protocol.md, "Errors"). */
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

/** Builds a failure from an error that the service returned, in the agent's language. */
export function buildServiceFailure(
  texts: Pick<Texts, 'get' | 'find' | 'language'>,
  error: {
    code: string;
    message: string;
    fix: string | undefined;
    retryAfterSeconds: number | undefined;
  },
): Failure {
  const { message, ...sentences } = toServiceSentences(texts, error);
  return new Failure(message, {
    ...sentences,
    code: error.code,
    retryAfterSeconds: error.retryAfterSeconds,
    effect: UNKNOWN_EFFECT.includes(error.code) ? 'unknown' : 'none',
  });
}

/** The text of a Zendesk notification, escaped because Zendesk renders it as HTML. */
export function toNotificationHtml({ message, details }: Failure): string {
  const text = [message, details.fix ?? ''].join(' ').trim();
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
