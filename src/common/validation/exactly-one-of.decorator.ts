import { ValidateBy, type ValidationArguments } from 'class-validator';

/** The rule's name. Its message is about all its fields, not only the decorated one. */
export const EXACTLY_ONE_OF = 'exactlyOneOf';

/**
 * Exactly one of these fields must be given. It decorates one of them. That field must not be
 * `Optional`, because the rule must also run when the field is missing. The class itself must
 * declare the field: class-validator drops the other rules of an inherited one.
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
