import { element } from './dom.js';
import type { Failure } from './failure.js';
import type { Texts } from './texts.js';

const SECONDS_PER_MINUTE = 60;

/** Shows a failure to the agent: what happened, how to fix it, and its code. */
export function renderFailure(failure: Failure, texts: Texts, ...more: Node[]): HTMLElement {
  const { fix, code, retryAfterSeconds, isEnglish, original } = failure.details;
  const language = isEnglish === true ? { lang: 'en', dir: 'ltr' } : {};
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
    code === undefined
      ? undefined
      : element('p', { class: 'c-callout__paragraph code' }, texts.get('error_code', { code })),
    renderOriginal(original, texts),
    ...more,
  );
}

/** Offers the service's own sentences, in English, to agents who read a translation. */
export function renderOriginal(
  original: string | undefined,
  texts: Texts,
): HTMLElement | undefined {
  if (original === undefined) return undefined;
  return element(
    'details',
    { class: 'code' },
    element('summary', {}, texts.get('details')),
    element('p', { lang: 'en', dir: 'ltr' }, original),
  );
}
