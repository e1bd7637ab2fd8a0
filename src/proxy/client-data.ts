import sjson from 'secure-json-parse';
import { ServiceError } from '../common/errors/service-error.js';
import { validate } from '../common/validation/faults.js';

/** The largest `client_data`, in characters. A batch of 50 targets has 3,000; nothing here needs more. */
export const CLIENT_DATA_MAX_CHARS = 65_536;
/** The deepest nesting of `client_data`: an object, a list in it, objects in that. */
export const CLIENT_DATA_MAX_DEPTH = 3;

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
  if (typeof json !== 'object' || Array.isArray(json)) {
    throw invalid('client_data is not a JSON object.');
  }
  if (isDeeperThan(CLIENT_DATA_MAX_DEPTH, json)) throw invalid('client_data is nested too deep.');
  return json;
}

/** Walks level by level: recursion would end on the depth it is to find. */
function isDeeperThan(depth: number, json: object): boolean {
  let level: unknown[] = [json];
  for (let reached = 0; level.length > 0; reached += 1) {
    if (reached > depth) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [],
    );
  }
  return false;
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid_request', message);
}
