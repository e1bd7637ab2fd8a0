import sjson from 'secure-json-parse';
import { ServiceError } from '../common/errors/service-error.js';
import { isJsonObject, type JsonObject } from '../common/json-object.js';
import { findExcess, hasIllFormedText } from '../common/json-shape.js';
import { validate } from '../common/validation/validate.js';

/** The largest valid `client_data`, a batch of 50 targets, has 3,000 characters. */
const CLIENT_DATA_MAX_CHARS = 65_536;
/** The deepest valid `client_data` is an object with a list of objects. */
const CLIENT_DATA_MAX_DEPTH = 3;
/** Entries of a list or fields of an object. No route accepts more than half of this. */
const CLIENT_DATA_MAX_WIDTH = 100;

/** The class of a route's `client_data`. */
export interface ClientDataType<T extends object = object> {
  new (): T;
  /**
   * The instance of plain data, or undefined for data that the rules have to check. It accepts
   * nothing that the rules refuse. Almost every call passes here, in a hundredth of the time.
   */
  accept?(json: JsonObject): T | undefined;
}

/**
 * Parses `client_data` and checks it with the route's class. Whitespace, a missing value and `null`
 * mean `{}`: Zendesk does not document which of them it sends for an empty body.
 *
 * @throws {ServiceError} `invalid_request`, with each problem in a sentence.
 */
export function readClientData<T extends object>(
  type: ClientDataType<T>,
  clientData: string | null | undefined,
): T {
  const json = parse(clientData ?? '');
  const plain = type.accept?.(json);
  if (plain !== undefined) return plain;
  assertPlain(json);
  const checked = validate(type, json, { unknownFields: 'refuse' });
  if ('value' in checked) return checked.value;
  throw invalid(`client_data is invalid: ${checked.faults.join('; ')}.`);
}

function parse(text: string): JsonObject {
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
