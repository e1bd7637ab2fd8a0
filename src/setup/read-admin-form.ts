import { isJsonObject } from '../common/json-object.js';
import { validate } from '../common/validation/validate.js';
import { SetupError } from './setup-error.js';

/**
 * What a page or Zendesk sent, as an instance of its class. Fields that Zendesk may add one day are ignored.
 *
 * @throws {SetupError} with each fault.
 */
export function readAdminForm<T extends object>(type: new () => T, sent: unknown): T {
  const checked = validate(type, isJsonObject(sent) ? sent : {}, { unknownFields: 'ignore' });
  if ('value' in checked) return checked.value;
  throw new SetupError('error.bad_request', undefined, checked.faults);
}
