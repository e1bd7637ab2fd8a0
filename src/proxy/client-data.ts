import sjson from 'secure-json-parse';
import { ServiceError } from '../common/errors/service-error.js';
import { isJsonObject } from '../common/json-object.js';
import { findExcess, hasIllFormedText } from '../common/json-shape.js';
import { validate } from '../common/validation/validate.js';

/** The largest `client_data`, in characters. A batch of 50 targets has 3,000; nothing here needs more. */
export const CLIENT_DATA_MAX_CHARS = 65_536;
/** The deepest nesting of `client_data`: an object, a list in it, objects in that. */
export const CLIENT_DATA_MAX_DEPTH = 3;
/** The most entries of a list or fields of an object in `client_data`: twice what any route takes. */
export const CLIENT_DATA_MAX_WIDTH = 100;

/**
 * The app's data out of `client_data`, checked by the route's class. Blank, missing and `null` stand for `{}`: it is not
 * documented which of them Zendesk sends for an empty body.
 *
 * @throws {ServiceError} `invalid_request`, with each fault in a sentence.
 */
export function readClientData<T extends object>(
  type: new () => T,
  clientData: string | null | undefined,
): T {
  const checked = validate(type, parse(clientData ?? ''), { unknownFields: 'refuse' });
  if ('value' in checked) return checked.value;
  throw invalid(`client_data cannot be used: ${checked.faults.join('; ')}.`);
}

function parse(text: string): object {
  if (text.length > CLIENT_DATA_MAX_CHARS) {
    throw invalid(`client_data has more than ${String(CLIENT_DATA_MAX_CHARS)} characters.`);
  }
  if (text.trim() === '') return {};
  let json: unknown;
  try {
    json = sjson.parse(text, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    throw invalid('client_data is not JSON that this service accepts.');
  }
  if (json === null) return {};
  if (!isJsonObject(json)) throw invalid('client_data is not a JSON object.');
  assertPlain(json);
  return json;
}

/** Refuses data of a shape that nothing here takes. */
function assertPlain(json: object): void {
  switch (findExcess(json, { depth: CLIENT_DATA_MAX_DEPTH, width: CLIENT_DATA_MAX_WIDTH })) {
    case 'depth':
      throw invalid('client_data is nested too deep.');
    case 'width':
    case 'values':
      throw invalid(
        `client_data holds more than ${String(CLIENT_DATA_MAX_WIDTH)} fields or entries in one place.`,
      );
    case undefined:
  }
  if (hasIllFormedText(json)) {
    throw invalid('client_data holds half of a surrogate pair: send whole characters.');
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid_request', message);
}
