import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../domain/error-codes.js';
import { ABILITIES } from './connection-check.js';
import { LANGUAGES, Messages, negotiateLanguage, pickLanguage } from './messages.js';

type Catalogue = Record<string, string>;
const FOLDER = new URL('translations/', import.meta.url);
const catalogue = (language: string): Catalogue =>
  JSON.parse(readFileSync(new URL(`${language}.json`, FOLDER), 'utf8')) as Catalogue;
const english = catalogue('en');
const placeholders = (text: string): string[] => [...(text.match(/\{\w+\}/g) ?? [])].sort();

describe('the catalogues', () => {
  it('are those of the languages', () => {
    const files = LANGUAGES.map((language) => `${language}.json`);
    expect(readdirSync(FOLDER).sort()).toEqual([...files].sort());
  });

  it.each(LANGUAGES)('%s has every sentence, with the same placeholders', (language) => {
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

  it.each(LANGUAGES.filter((language) => language !== 'en'))('%s is translated', (language) => {
    const sentences = catalogue(language);
    const same = Object.keys(english).filter((key) => sentences[key] === english[key]);
    expect(same).toEqual([]);
  });

  it('hold no sentence that nothing says', () => {
    const sources = readdirSync(new URL('.', import.meta.url), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
      .join('\n');
    // Those are put together: `ability.${name}` and the like.
    const together = /^(ability|obstacle|fix|failure|test|error|settings)\./;
    const unused = Object.keys(english).filter(
      (key) => !together.test(key) && !sources.includes(`'${key}'`),
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

  it.each(LANGUAGES)('has a sentence in %s for every failure, ability and obstacle', (language) => {
    const say = new Messages(language);
    for (const code of ERROR_CODES) expect(say.failure(code)).not.toMatch(/[{}]|undefined/);
    for (const name of ABILITIES) expect(say.ability(name)).not.toBe('');
  });

  it('puts values in once, and takes none for a placeholder', () => {
    const say = new Messages('en');
    expect(say.say('accounts.page', { page: '{page} $& {x}' })).toBe(
      'Facebook Page: {page} $& {x}',
    );
  });
});
