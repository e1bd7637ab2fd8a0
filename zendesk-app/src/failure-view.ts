import { element } from './dom.js';
import type { Failure, FailureDetails } from './failure.js';
import type { Texts } from './texts.js';

const SECONDS_PER_MINUTE = 60;

/** Shows a failure to the agent: what happened, how to fix it, and its code. */
export function renderFailure(failure: Failure, texts: Texts, ...more: Node[]): HTMLElement {
  const { fix, code, retryAfterSeconds, isEnglish, original } = failure.details;
  const language = toLanguage(isEnglish);
  const paragraph = { class: 'c-callout__paragraph' };
  return element(
    'div',
    { class: 'c-callout c-callout--error' },
    element('strong', { class: 'c-callout__title', ...language }, failure.message),
    fix === undefined ? undefined : element('p', { ...paragraph, ...language }, fix),
    retryAfterSeconds === undefined
      ? undefined
      : element(
          'p',
          paragraph,
          texts.get('retry_in', { minutes: Math.ceil(retryAfterSeconds / SECONDS_PER_MINUTE) }),
        ),
    ...renderDetails({ code, original }, texts),
    ...more,
  );
}

/** The attributes of a sentence that may be English in a page of another language. */
export function toLanguage(isEnglish: boolean | undefined): Record<string, string> {
  return isEnglish === true ? { lang: 'en', dir: 'ltr' } : {};
}

/**
 * Shows the code of an error. Agents who read a translation can also see the service's own
 * sentences, in English.
 */
export function renderDetails(
  { code, original }: Pick<FailureDetails, 'code' | 'original'>,
  texts: Texts,
): HTMLElement[] {
  const details = [
    code === undefined
      ? undefined
      : element('p', { class: 'c-callout__paragraph code' }, texts.get('error_code', { code })),
    original === undefined
      ? undefined
      : element(
          'details',
          { class: 'code' },
          element('summary', {}, texts.get('details')),
          element('p', toLanguage(true), original),
        ),
  ];
  return details.filter((each) => each !== undefined);
}
