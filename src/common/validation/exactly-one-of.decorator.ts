import { registerDecorator, type ValidationArguments } from 'class-validator';

/**
 * Class decorator: exactly one of these fields must be given. class-validator has rules for fields only, so the rule hangs
 * on the first of them, which therefore must not be skipped when it is missing (no `Optional`, no `ValidateIf`).
 */
export function ExactlyOneOf(...names: [string, string, ...string[]]): ClassDecorator {
  return (target) => {
    registerDecorator({
      name: 'exactlyOneOf',
      target,
      propertyName: names[0],
      options: { message: `is one of ${names.join(', ')}, of which exactly one must be given` },
      validator: {
        validate(_: unknown, { object }: ValidationArguments): boolean {
          const fields = object as Record<string, unknown>;
          return names.filter((name) => fields[name] !== undefined).length === 1;
        },
      },
    });
  };
}
