import { isJsonObject } from '../json-object.js';
import { validate } from '../validation/faults.js';
import { ProblemError } from './problem.js';

/**
 * A body of the channel's calls as an instance of its class. Fields that Zendesk may add one day are ignored.
 *
 * @throws {ProblemError} 400 with each fault in a sentence.
 */
export function readForm<T extends object>(type: new () => T, body: unknown): T {
  const checked = validate(type, isJsonObject(body) ? body : {}, { unknownFields: 'ignore' });
  if ('value' in checked) return checked.value;
  throw new ProblemError(400, `The body cannot be used: ${checked.faults.join('; ')}.`);
}
