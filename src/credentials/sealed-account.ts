import sjson from 'secure-json-parse';
import { ServiceError } from '../common/errors/service-error.js';
import { isJsonObject } from '../common/json-object.js';
import { validate } from '../common/validation/validate.js';
import { DIALECTS, THREADS } from '../domain/account.js';
import { RECONNECT, TRY_AGAIN } from '../domain/fixes.js';
import { ACCOUNT_VERSION, AccountDto, type AccountFields } from './account.dto.js';
import type { SealHeader } from './seal-header.js';

/** The text of an account. */
export interface AccountText {
  readonly text: string;
  /** The authentic header of its seal; undefined for plain JSON. */
  readonly header: SealHeader | undefined;
}

/**
 * Reads the fields of an account.
 *
 * @throws {ServiceError} `internal` if a newer version sealed it: after a 401, Zendesk could
 *   deactivate the account in the middle of an upgrade. `metadata_invalid` if it is incomplete.
 */
export function parseAccount({ text, header }: AccountText): AccountFields {
  const json: unknown = sjson.safeParse(text);
  const plain = isJsonObject(json) ? AccountDto.accept(json) : undefined;
  if (plain !== undefined) return plain;
  const checked = validate(AccountDto, json, { unknownFields: 'ignore' });
  if (!('faults' in checked)) return checked.value;
  const faults = checked.faults.join('; ');
  if (header !== undefined && isFromNewerVersion(json, header)) {
    throw new ServiceError(
      'internal',
      'A newer version of this service sealed the account, and this one cannot read it.',
      { fix: TRY_AGAIN, level: 'warn', log: { reason: 'newer_seal', faults } },
    );
  }
  throw new ServiceError(
    'metadata_invalid',
    'The connected account is incomplete or was connected with another version of this service.',
    { fix: RECONNECT, level: 'warn', log: { faults } },
  );
}

/** The fields that each version since the first one requires. */
const REQUIRED = ['v', 'dialect', 'ig_user_id', 'username', 'user_token', 'scopes'];

/**
 * Whether a newer version sealed an invalid account. The seal opened, so a version of this service
 * made it, and each version seals only what its own rules accept.
 *
 * A seal with a time and a derived key is of 0.1.0 or later, and no version since has stricter
 * rules than this one. So if its account is complete and still invalid, the rules are newer. In
 * older seals, only a value that is new for certain counts.
 */
function isFromNewerVersion(json: unknown, { isDerived, iat }: SealHeader): boolean {
  if (!isJsonObject(json)) return false;
  const { v, dialect, threads } = json;
  if (Number.isSafeInteger(v) && Number(v) > ACCOUNT_VERSION) return true;
  if (v !== ACCOUNT_VERSION || !REQUIRED.every((name) => isGiven(json[name]))) return false;
  const isNewWord = isUnknownWord(dialect, DIALECTS) || isUnknownWord(threads, THREADS);
  return isNewWord || (isDerived && iat !== undefined);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isUnknownWord(value: unknown, known: readonly string[]): boolean {
  return typeof value === 'string' && value !== '' && !known.includes(value);
}
