import { element } from './dom.js';
import type { Failure } from './failure.js';
import type { Texts } from './texts.js';

const SECONDS_A_MINUTE = 60;

/** A failure for the agent: what happened, what can be done, and what to call it. */
export function failureView(failure: Failure, texts: Texts, ...more: Node[]): HTMLElement {
  const { fix, code, retryAfterSeconds, isOfService } = failure.details;
  // The service speaks English, whatever the agent's language.
  const speech = isOfService === true ? { lang: 'en', dir: 'ltr' } : {};
  return element(
    'div',
    { class: 'c-callout c-callout--error' },
    element('strong', { class: 'c-callout__title', ...speech }, failure.message),
    fix === undefined ? undefined : element('p', { class: 'c-callout__paragraph', ...speech }, fix),
    retryAfterSeconds === undefined
      ? undefined
      : element(
          'p',
          { class: 'c-callout__paragraph' },
          texts.say('retry_in', { minutes: Math.ceil(retryAfterSeconds / SECONDS_A_MINUTE) }),
        ),
    code === undefined
      ? undefined
      : element('p', { class: 'c-callout__paragraph code' }, texts.say('error_code', { code })),
    ...more,
  );
}
