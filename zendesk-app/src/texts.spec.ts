import { describe, expect, it } from '@jest/globals';
import { buildServiceFailure } from './failure.js';
import { toServiceSentences } from './service-sentences.js';
import { Texts } from './texts.js';

describe('the texts', () => {
  it.each([
    ['pt_BR', 'en', '1.234,5'],
    ['de_AT', 'de', '1 234,5'],
    ['de', 'de', '1.234,5'],
    ['en-US', 'en', '1,234.5'],
    ['constructor', 'en', '1,234.5'],
    ['x', 'en', '1,234.5'],
    ['', 'en', '1,234.5'],
    ['en-US@calendar', 'en', '1,234.5'],
  ])('of the locale %j are in %s', (locale, language, number) => {
    const texts = new Texts(locale);
    expect(texts.language).toBe(language);
    // Austrian numbers have a narrow or a normal no-break space.
    expect(texts.formatNumber(1234.5).replace(/\s/g, ' ')).toBe(number);
    expect(texts.formatTime('2026-11-26T10:00:00.000Z')).not.toBe('');
  });

  it('have no text for a name of an object', () => {
    expect(new Texts('de').find('toString')).toBeUndefined();
  });
});

describe('an error of the service', () => {
  const error = {
    code: 'auth_expired',
    message: "The account's login at Instagram has ended.",
    fix: 'Ask an administrator.',
    retryAfterSeconds: undefined,
  };

  it('appears in English in the words of the service', () => {
    const failure = buildServiceFailure(new Texts('en-US'), error);
    expect(failure.message).toBe(error.message);
    expect(failure.details).toMatchObject({ fix: error.fix, isEnglish: false });
    expect(failure.details.original).toBeUndefined();
  });

  it("appears in the agent's language, with the service's words as details", () => {
    const failure = buildServiceFailure(new Texts('de'), error);
    expect(failure.message).toBe('Die Anmeldung des Kontos bei Instagram ist abgelaufen.');
    expect(failure.details).toMatchObject({
      fix: 'Bitten Sie einen Administrator, das Instagram-Konto neu zu verbinden.',
      isEnglish: false,
      original: `${error.message} ${error.fix}`,
    });
  });

  it('appears in English and marked as English if its code is unknown', () => {
    const failure = buildServiceFailure(new Texts('de'), { ...error, code: 'later' });
    expect(failure.message).toBe(error.message);
    expect(failure.details).toMatchObject({ fix: error.fix, isEnglish: true });
  });

  it.each([
    ['instagram_manage_engagement', /instagram_manage_engagement/],
    ['facebook_page', /Facebook-Seite/],
    ['ALLOWED_ACTIONS', /ausgeschaltet/],
  ])('says in German what an administrator must add: %s', (missing, words) => {
    const obstacle = { code: 'permission_missing', message: 'No.', fix: 'Ask.', missing };
    const { message, fix } = toServiceSentences(new Texts('de'), obstacle);
    expect(message).toMatch(words);
    expect(fix).toMatch(/Administrator/);
  });
});
