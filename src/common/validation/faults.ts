import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { EXACTLY_ONE_OF } from './exactly-one-of.decorator.js';

/** Field names are the sender's text: this much of one is told back. */
const FIELD_NAME_MAX_CHARS = 40;

export type Validated<T> = { readonly value: T } | { readonly faults: readonly string[] };

export interface ValidationChoice {
  /** What happens to fields that the class does not declare. */
  unknownFields: 'refuse' | 'ignore';
}

/**
 * Makes an instance of a class with class-validator decorators from parsed JSON, or tells each fault in a
 * sentence. The sentences name fields and rules, never values.
 */
export function validate<T extends object>(
  type: new () => T,
  plain: object,
  { unknownFields }: ValidationChoice,
): Validated<T> {
  // What is ignored is not even walked through: tens of thousands of fields would take seconds.
  const value = plainToInstance(type, unknownFields === 'ignore' ? declared(type, plain) : plain);
  const errors = validateSync(value, {
    whitelist: true,
    forbidNonWhitelisted: unknownFields === 'refuse',
    // class-validator takes an instance of a class without rules for an unknown value.
    forbidUnknownValues: namesOf(type).length > 0,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
  });
  return errors.length === 0 ? { value } : { faults: errors.flatMap((error) => tell(error, '')) };
}

const declaredNames = new WeakMap<object, readonly string[]>();

/** The fields that the class has rules for. */
function namesOf(type: new () => object): readonly string[] {
  let names = declaredNames.get(type);
  if (names === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    names = [...new Set(rules.map(({ propertyName }) => propertyName))];
    declaredNames.set(type, names);
  }
  return names;
}

function declared(type: new () => object, plain: object): Record<string, unknown> {
  const fields = plain as Record<string, unknown>;
  return Object.fromEntries(
    namesOf(type)
      .filter((name) => Object.hasOwn(plain, name))
      .map((name) => [name, fields[name]]),
  );
}

function tell(error: ValidationError, parent: string): string[] {
  const name = error.property.slice(0, FIELD_NAME_MAX_CHARS);
  const path = parent === '' ? name : `${parent}.${name}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => {
    switch (rule) {
      case 'whitelistValidation':
        return `${path} is not a field that is known here`;
      case EXACTLY_ONE_OF:
        return parent === '' ? message : `${parent}: ${message}`;
      default:
        return `${path} ${message}`;
    }
  });
  return [...own, ...(error.children ?? []).flatMap((child) => tell(child, path))];
}
