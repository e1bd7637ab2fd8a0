import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ArrayMaxSize, IsObject, IsString, Matches } from 'class-validator';
import { validate } from './validate.js';
import { Nested, NestedList } from './nested.decorator.js';
import { Optional } from './optional.decorator.js';

class Entry {
  @Matches(/^\d+$/, { message: 'must be digits' })
  id: string;
}

class Sample {
  @IsString({ message: 'must be a string' })
  text: string;

  @Optional()
  @Nested(() => Entry)
  one?: Entry;

  @Optional()
  @ArrayMaxSize(3, { message: 'must hold at most 3' })
  @NestedList(() => Entry, { message: 'must hold entries' })
  list?: Entry[];

  @Optional()
  @IsObject({ message: 'must be an object' })
  anything?: object;
}

const refuse = { unknownFields: 'refuse' } as const;
const ignore = { unknownFields: 'ignore' } as const;

/** An object that throws when it is read. */
function untouchable(): object {
  const fail = (): never => {
    throw new Error('an undeclared object was read');
  };
  return new Proxy({}, { get: fail, ownKeys: fail, has: fail, getOwnPropertyDescriptor: fail });
}

describe('validate', () => {
  it('creates instances of the declared classes', () => {
    const checked = validate(Sample, { text: 'a', one: { id: '1' }, list: [{ id: '2' }] }, refuse);
    if (!('value' in checked)) throw new Error(checked.faults.join());
    expect(checked.value).toBeInstanceOf(Sample);
    expect(checked.value.one).toBeInstanceOf(Entry);
    expect(checked.value.list?.[0]).toBeInstanceOf(Entry);
  });

  it.each([
    ['instead of a text', { text: untouchable() }, ['text must be a string']],
    [
      'instead of a text inside an entry',
      { text: 'a', list: [{ id: untouchable() }] },
      ['list.0.id must be digits'],
    ],
  ])('never reads an object %s', (_, plain, faults) => {
    expect(validate(Sample, plain, refuse)).toEqual({ faults });
  });

  it('never reads an object whose class is not declared', () => {
    const anything = untouchable();
    const checked = validate(Sample, { text: 'a', anything, other: untouchable() }, ignore);
    expect('value' in checked && checked.value.anything).toBe(anything);
  });

  it.each([
    ['constructor', 'constructor'],
    ['toString', 'toString'],
    ['__proto__', '__proto__'],
  ])('reports the unknown field %s, at the top and inside', (_, name) => {
    const bad = JSON.parse(`{"id":"1","${name}":{"prototype":1}}`) as object;
    const top = validate(Entry, bad, refuse);
    expect(top).toEqual({ faults: [`${name} is not a field that is known here`] });
    const inside = validate(Sample, { text: 'a', one: bad }, refuse);
    expect(inside).toEqual({ faults: [`one.${name} is not a field that is known here`] });
    expect('value' in validate(Sample, { text: 'a', one: bad }, ignore)).toBe(true);
  });

  it('reports only the first unknown fields, and only the start of their names', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`${'x'.repeat(500)}${String(index)}`, 1]),
    );
    const checked = validate(Entry, many, refuse);
    expect('faults' in checked && checked.faults.length).toBe(5);
    expect(JSON.stringify(checked).length).toBeLessThan(600);
  });

  it.each([
    ['a list instead of an object', { one: [] }, ['one must be an object']],
    ['an object instead of a list', { list: {} }, ['list must be a list']],
    ['a list inside the list', { list: [[]] }, ['list must hold entries']],
    ['null inside the list', { list: [null] }, ['list must hold entries']],
    ['too many entries', { list: Array(4).fill({ id: '1' }) }, ['list must hold at most 3']],
    [
      'a list that is too long to check',
      { list: Array(1001).fill(untouchable()) },
      ['list must hold at most 1000 entries'],
    ],
  ])('rejects %s', (_, fields, faults) => {
    expect(validate(Sample, { text: 'a', ...fields }, ignore)).toEqual({ faults });
  });
});
