import { ValidateIf } from 'class-validator';

/**
 * The field may be missing. Unlike class-validator's `IsOptional`, a `null` in its place is still checked, and so
 * refused: optional is not nullable.
 */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
