import { ValidateBy, type ValidationArguments } from 'class-validator';

/**
 * Exactly one of these fields must be given. Hangs on one of them, which therefore must not be skipped when it is missing
 * (no `Optional`), and must be declared in the class itself: of an inherited field, class-validator would drop the
 * other rules.
 */
export function ExactlyOneOf(...names: [string, string, ...string[]]): PropertyDecorator {
  return ValidateBy(
    {
      name: 'exactlyOneOf',
      validator: {
        validate(_: unknown, args?: ValidationArguments): boolean {
          const fields = (args?.object ?? {}) as Record<string, unknown>;
          return names.filter((name) => fields[name] !== undefined).length === 1;
        },
      },
    },
    { message: `is one of ${names.join(', ')}, of which exactly one must be given` },
  );
}
