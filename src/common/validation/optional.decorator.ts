import { ValidateIf } from 'class-validator';

/**
 * The field may be missing. Unlike with class-validator's `IsOptional`, `null` is still checked and
 * therefore refused.
 */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
