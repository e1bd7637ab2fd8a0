import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FORM_FIELDS_MAX, FormError, parseForm, parseQuery } from './form.js';

describe('parseForm', () => {
  it('decodes any text as a browser encodes it', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 });
    const pairs = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })), { maxLength: 20 });
    fc.assert(
      fc.property(pairs, (fields) => {
        const encoded = new URLSearchParams(fields);
        const parsed = parseForm(encoded.toString());
        for (const key of new Set(encoded.keys())) {
          expect([parsed[key]].flat()).toEqual(encoded.getAll(key));
        }
      }),
      { seed: 11 },
    );
  });

  it.each([
    ['half an emoji', 'message=Thank%20you%20%ED%A0%BD'],
    ['Latin-1', 'message=Caf%E9%20is%20open'],
    ['a bare per cent sign', 'message=50%+off'],
    ['a cut escape', 'message=a%2'],
    ['a text cut within a character', 'message=Gr%C3%BC%C3'],
    ['an overlong encoding', 'message=%C0%AF'],
    ['a code point beyond Unicode', 'message=%F4%90%80%80'],
    ['a broken field name', '%E9=a'],
  ])('rejects %s', (_, text) => {
    expect(() => parseForm(text)).toThrow(FormError);
  });

  it('never returns a text with an escape that it did not decode', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(bytes, (raw) => {
        const escapes = [...raw].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
        let value: unknown;
        try {
          value = parseForm(`message=${escapes}`).message;
        } catch (error) {
          expect(error).toBeInstanceOf(FormError);
          return;
        }
        expect(Buffer.from(value as string).equals(raw)).toBe(true);
      }),
      { seed: 11, numRuns: 2000 },
    );
  });

  it('defines fields with names that objects inherit as plain fields', () => {
    const form = parseForm('__proto__=a&constructor=b&toString=c');
    expect(Object.entries(form)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 'c'],
    ]);
    expect(Object.getPrototypeOf(form)).toBe(Object.prototype);
  });

  it('rejects more fields than any caller sends', () => {
    expect(() => parseForm('a=1&'.repeat(FORM_FIELDS_MAX))).not.toThrow();
    expect(() => parseForm('a=1&'.repeat(FORM_FIELDS_MAX + 1))).toThrow(/more than 1000 fields/);
  });
});

describe('parseQuery', () => {
  it('has no fields where one cannot be decoded', () => {
    expect(parseQuery('a=1&b=%ff')).toEqual({});
    expect(parseQuery('a=1&b=+')).toEqual({ a: '1', b: ' ' });
  });
});
