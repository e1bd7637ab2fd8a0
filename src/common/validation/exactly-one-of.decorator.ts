import { ValidateBy, type ValidationArguments } from 'class-validator';

/** The rule's name: its message speaks of all its fields, not of the one on which it hangs. */
export const EXACTLY_ONE_OF = 'exactlyOneOf';

/**
 * Exactly one of these fields must be given. Hangs on one of them, which therefore must not be skipped when it is missing
 * (no `Optional`), and must be declared in the class itself: of an inherited field, class-validator would drop the
 * other rules.
 */
export function ExactlyOneOf(...names: [string, string, ...string[]]): PropertyDecorator {
  return ValidateBy(
    {
      name: EXACTLY_ONE_OF,
      validator: {
        validate(_: unknown, args?: ValidationArguments): boolean {
          const fields = (args?.object ?? {}) as Record<string, unknown>;
          return names.filter((name) => fields[name] !== undefined).length === 1;
        },
      },
    },
    { message: `give exactly one of ${names.join(', ')}` },
  );
}
