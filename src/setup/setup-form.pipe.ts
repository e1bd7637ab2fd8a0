import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { validate } from '../common/validation/validate.js';
import { SetupError } from './setup-error.js';

/** Reads a body or query as an instance of the parameter's class. */
@Injectable()
export class SetupFormPipe implements PipeTransform<unknown, object> {
  transform(sent: unknown, { metatype }: ArgumentMetadata): object {
    if (metatype === undefined) throw new Error('the parameter has no class');
    return readSetupForm(metatype as new () => object, sent);
  }
}

/**
 * Unknown fields are ignored, because Zendesk may add some.
 *
 * @throws {SetupError} with all problems.
 */
export function readSetupForm<T extends object>(type: new () => T, sent: unknown): T {
  const checked = validate(type, sent, { unknownFields: 'ignore' });
  if ('value' in checked) return checked.value;
  throw new SetupError('error.bad_request', undefined, checked.faults);
}
