import type { TextName, Texts } from './texts.js';

export interface FailureDetails {
  /** What can be done, in a sentence. */
  readonly fix?: string | undefined;
  /** The service's error code, for whoever is asked for help. */
  readonly code?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Whether the sentences are the service's own, which are English. */
  readonly isOfService?: boolean;
  /**
   * What became of a like: `none`, it was not set; `unknown`, the service knows; `under_way`, the call may still arrive
   * there.
   */
  readonly effect: 'none' | 'unknown' | 'under_way';
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

/** Of these codes the service does not know whether the like was set (docs/protocol.md, "Errors"). */
const UNKNOWN_EFFECT = ['platform_unavailable', 'deadline_exceeded', 'internal'];

/** A failure in the app's own words. */
export function ownFailure(
  texts: Texts,
  message: TextName,
  fix: TextName | undefined,
  effect: FailureDetails['effect'],
  values: Record<string, string | number> = {},
): Failure {
  return new Failure(texts.say(message, values), {
    fix: fix === undefined ? undefined : texts.say(fix, values),
    effect,
  });
}

/** A failure as the service tells it. */
export function serviceFailure(error: {
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
    isOfService: true,
    effect: UNKNOWN_EFFECT.includes(code) ? 'unknown' : 'none',
  });
}

/** A failure in the words of a notification, which Zendesk shows as HTML. */
export function asNotification({ message, details }: Failure): string {
  const words = [message, details.fix ?? ''].join(' ').trim();
  return words.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
