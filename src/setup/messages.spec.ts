import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../domain/error-codes.js';
import { ABILITIES } from './connection/connection-check.js';
import { LANGUAGES, Messages, negotiateLanguage, pickLanguage } from './messages.js';

type Catalogue = Record<string, string>;
const FOLDER = new URL('translations/', import.meta.url);
const catalogue = (language: string): Catalogue =>
  JSON.parse(readFileSync(new URL(`${language}.json`, FOLDER), 'utf8')) as Catalogue;
const english = catalogue('en');
const placeholders = (text: string): string[] => [...(text.match(/\{\w+\}/g) ?? [])].sort();

describe('the translations', () => {
  it('exist for each language', () => {
    const files = LANGUAGES.map((language) => `${language}.json`);
    expect(readdirSync(FOLDER).sort()).toEqual([...files].sort());
  });

  it.each(LANGUAGES)('in %s have every key, with the same placeholders', (language) => {
    const sentences = catalogue(language);
    expect(Object.keys(sentences)).toEqual(Object.keys(english));
    for (const [key, sentence] of Object.entries(sentences)) {
      expect({ key, has: placeholders(sentence) }).toEqual({
        key,
        has: placeholders(english[key] ?? ''),
      });
      expect(sentence.trim()).toBe(sentence);
      expect(sentence).not.toBe('');
    }
  });

  it.each(LANGUAGES.filter((language) => language !== 'en'))(
    'in %s differ from English',
    (language) => {
      const sentences = catalogue(language);
      const same = Object.keys(english).filter((key) => sentences[key] === english[key]);
      expect(same).toEqual([]);
    },
  );

  it('contain no unused key', () => {
    const sources = readdirSync(new URL('.', import.meta.url), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
      .join('\n');
    // Some keys are composed, such as `ability.${name}`.
    const composed = /^(ability|obstacle|fix|failure|test|error|settings)\./;
    const unused = Object.keys(english).filter(
      (key) => !composed.test(key) && !sources.includes(`'${key}'`),
    );
    expect(unused).toEqual([]);
  });
});

describe('Messages', () => {
  it.each([
    ['en-US', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['fr_CA', 'fr'],
    ['ES-419', 'es'],
    ['ja', 'ja'],
    ['pt-BR', 'en'],
    ['', 'en'],
    [undefined, 'en'],
    ['__proto__', 'en'],
  ])('picks the language of the locale %s: %s', (locale, language) => {
    expect(pickLanguage(locale)).toBe(language);
  });

  it.each([
    ['de,en-US;q=0.7,en;q=0.3', 'de'],
    ['fr,fr-FR;q=0.8,en-US;q=0.5,en;q=0.3', 'fr'],
    ['ja,en-US;q=0.7,en;q=0.3', 'ja'],
    ['es-419,es;q=0.9,en;q=0.8', 'es'],
    ['de-AT', 'de'],
    ['pt-BR,pt;q=0.9,fr;q=0.5', 'fr'],
    ['en;q=0.5,ja;q=0.9', 'ja'],
    ['de;q=0,fr;q=0.1', 'fr'],
    ['pt-BR,pt;q=0.9', 'en'],
    ['*', 'en'],
    ['', 'en'],
    [undefined, 'en'],
    ['__proto__', 'en'],
    [';q=,,"de', 'en'],
  ])('picks the language that Accept-Language prefers for %s: %s', (header, language) => {
    expect(negotiateLanguage(header)).toBe(language);
  });

  it('ignores the end of an Accept-Language header that no browser would send', () => {
    expect(negotiateLanguage(`${'pt,'.repeat(5000)}de`)).toBe('en');
  });

  it.each(LANGUAGES)('explains every failure and names every ability in %s', (language) => {
    const messages = new Messages(language);
    for (const code of ERROR_CODES)
      expect(messages.explainFailure(code)).not.toMatch(/[{}]|undefined/);
    for (const name of ABILITIES) expect(messages.nameAbility(name)).not.toBe('');
  });

  it('inserts values once and does not read them as placeholders', () => {
    const { t } = new Messages('en');
    expect(t('accounts.page', { page: '{page} $& {x}' })).toBe('Facebook Page: {page} $& {x}');
  });
});
