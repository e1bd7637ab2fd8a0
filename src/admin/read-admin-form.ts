import type { FastifyRequest } from 'fastify';
import { isJsonObject } from '../common/json-object.js';
import { validate } from '../common/validation/faults.js';
import { languageOf } from './messages.js';
import { SetUpError } from './set-up-error.js';

/**
 * What a page or Zendesk sent, as an instance of its class. Fields that Zendesk may add one day are ignored.
 *
 * @throws {SetUpError} with each fault, in the language that the browser asks for.
 */
export function readAdminForm<T extends object>(
  type: new () => T,
  sent: unknown,
  request: FastifyRequest,
): T {
  const checked = validate(type, isJsonObject(sent) ? sent : {}, { unknownFields: 'ignore' });
  if ('value' in checked) return checked.value;
  const language = languageOf(request.headers['accept-language']);
  throw new SetUpError('error.bad_request', language, checked.faults);
}
