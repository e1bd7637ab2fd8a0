import sjson from 'secure-json-parse';
import { ServiceError } from '../common/errors/service-error.js';
import { isJsonObject } from '../common/json-object.js';
import { findExcess, hasIllFormedText } from '../common/json-shape.js';
import { validate } from '../common/validation/validate.js';

/** The largest valid `client_data`, a batch of 50 targets, has 3,000 characters. */
const CLIENT_DATA_MAX_CHARS = 65_536;
/** The deepest valid `client_data` is an object with a list of objects. */
const CLIENT_DATA_MAX_DEPTH = 3;
/** Entries of a list or fields of an object. No route accepts more than half of this. */
const CLIENT_DATA_MAX_WIDTH = 100;

/**
 * Parses `client_data` and checks it with the route's class. Whitespace, a missing value and `null`
 * mean `{}`: Zendesk does not document which of them it sends for an empty body.
 *
 * @throws {ServiceError} `invalid_request`, with each problem in a sentence.
 */
export function readClientData<T extends object>(
  type: new () => T,
  clientData: string | null | undefined,
): T {
  const checked = validate(type, parse(clientData ?? ''), { unknownFields: 'refuse' });
  if ('value' in checked) return checked.value;
  throw invalid(`client_data is invalid: ${checked.faults.join('; ')}.`);
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

/** Rejects data that is too deep or too large for every route, or has broken text. */
function assertPlain(json: object): void {
  switch (findExcess(json, { depth: CLIENT_DATA_MAX_DEPTH, width: CLIENT_DATA_MAX_WIDTH })) {
    case 'depth':
      throw invalid('client_data is nested too deeply.');
    case 'width':
    case 'values':
      throw invalid(
        'client_data has more than ' +
          `${String(CLIENT_DATA_MAX_WIDTH)} fields or entries in one place.`,
      );
    case undefined:
  }
  if (hasIllFormedText(json)) {
    throw invalid('client_data contains half of a surrogate pair: send whole characters.');
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid_request', message);
}
