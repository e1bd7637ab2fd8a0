import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { isJsonObject } from '../json-object.js';
import { EXACTLY_ONE_OF } from './exactly-one-of.decorator.js';
import { nestedType } from './nested.decorator.js';

/** The answer repeats only this much of a field name: the name is the sender's text. */
const FIELD_NAME_MAX_CHARS = 40;
/** Unknown fields that one answer lists. */
const UNKNOWN_NAMED_MAX = 5;
/** Objects in one list. The largest list of a class has 500. */
const LIST_MAX = 1000;

type Constructor<T extends object = object> = new () => T;
type Fields = Readonly<Record<string, unknown>>;

export type Validated<T> = { readonly value: T } | { readonly faults: readonly string[] };

/** Errors found before the rules of the class are checked, each in a sentence. */
interface EarlyErrors {
  readonly unknown: string[];
  readonly tooLong: string[];
}

interface ValidationOptions {
  /** How to handle fields that the class does not declare. */
  unknownFields: 'refuse' | 'ignore';
}

/**
 * Makes an instance of a class with class-validator decorators from parsed JSON, or describes each
 * error in a sentence. The sentences name fields and rules, never values. A value that is not an
 * object counts as an object without fields.
 *
 * Only declared fields are read. class-transformer gets scalars only: given an object instead of a
 * text, it would walk the whole object in quadratic time, and call a field named `constructor`.
 */
export function validate<T extends object>(
  type: Constructor<T>,
  plain: unknown,
  { unknownFields }: ValidationOptions,
): Validated<T> {
  const found: EarlyErrors = { unknown: [], tooLong: [] };
  const value = instantiate(type, isJsonObject(plain) ? plain : {}, '', found);
  const faults = [...(unknownFields === 'refuse' ? found.unknown : []), ...found.tooLong];
  if (faults.length > 0) return { faults };
  const errors = validateSync(value, {
    // class-validator rejects an instance of a class without rules as an unknown value.
    forbidUnknownValues: declaredNames(type).length > 0,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
  });
  return errors.length === 0 ? { value } : { faults: errors.flatMap((error) => describe(error)) };
}

function instantiate<T extends object>(
  type: Constructor<T>,
  plain: Fields,
  path: string,
  found: EarlyErrors,
): T {
  const scalars: Record<string, unknown> = {};
  const objects: Record<string, unknown> = {};
  for (const name of declaredNames(type)) {
    if (!Object.hasOwn(plain, name)) continue;
    const value = plain[name];
    if (typeof value !== 'object' || value === null) scalars[name] = value;
    else objects[name] = nestedValue(type, name, value, pathTo(path, name), found);
  }
  noteUnknown(type, plain, path, found);
  return Object.assign(plainToInstance(type, scalars), objects);
}

function nestedValue(
  owner: Constructor,
  name: string,
  value: object,
  path: string,
  found: EarlyErrors,
): unknown {
  const type = nestedType(owner, name);
  if (type === undefined) return value;
  if (!Array.isArray(value)) return instantiate(type, value as Fields, path, found);
  if (value.length > LIST_MAX) {
    found.tooLong.push(`${path} must hold at most ${String(LIST_MAX)} entries`);
    return [];
  }
  return (value as unknown[]).map((entry) =>
    isJsonObject(entry) ? instantiate(type, entry, path, found) : entry,
  );
}

function noteUnknown(
  type: Constructor,
  plain: Fields,
  path: string,
  { unknown }: EarlyErrors,
): void {
  const known = declaredNames(type);
  for (const name in plain) {
    if (unknown.length >= UNKNOWN_NAMED_MAX) return;
    if (!Object.hasOwn(plain, name) || known.includes(name)) continue;
    unknown.push(`${pathTo(path, name)} is not a field that is known here`);
  }
}

const namesByType = new WeakMap<object, readonly string[]>();

/** The fields for which the class has rules. */
function declaredNames(type: Constructor): readonly string[] {
  let names = namesByType.get(type);
  if (names === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    names = [...new Set(rules.map(({ propertyName }) => propertyName))];
    namesByType.set(type, names);
  }
  return names;
}

function pathTo(parent: string, name: string): string {
  const short = name.slice(0, FIELD_NAME_MAX_CHARS);
  return parent === '' ? short : `${parent}.${short}`;
}

function describe(error: ValidationError, parent = ''): string[] {
  const path = pathTo(parent, error.property);
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => {
    if (rule !== EXACTLY_ONE_OF) return `${path} ${message}`;
    return parent === '' ? message : `${parent}: ${message}`;
  });
  return [...own, ...(error.children ?? []).flatMap((child) => describe(child, path))];
}
