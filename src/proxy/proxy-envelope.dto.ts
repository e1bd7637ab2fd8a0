import { IsOptional, IsString } from 'class-validator';
import { isJsonObject, type JsonObject } from '../common/json-object.js';
import { ProblemError } from '../common/http/problem.js';
import { validate } from '../common/validation/validate.js';

/**
 * The body of a proxied call, a form or JSON (Zendesk, "Authenticating proxy"). Other fields are
 * ignored, because Zendesk may add some.
 */
export class ProxyEnvelope {
  @IsString({ message: 'must be given once, as a string' })
  instance_metadata: string;

  @IsOptional()
  @IsString({ message: 'must be given once, as a string' })
  client_data?: string | null;
}

/**
 * Reads the envelope from a request's body.
 *
 * @throws {ProblemError} 400 if the body is not a proxied call.
 */
export function readEnvelope(body: unknown): ProxyEnvelope {
  if (isJsonObject(body) && isPlain(body)) return body;
  const checked = validate(ProxyEnvelope, body, {
    unknownFields: 'ignore',
  });
  if ('value' in checked) return checked.value;
  throw new ProblemError(
    400,
    `The body is not a call of Zendesk's authenticating proxy: ${checked.faults.join('; ')}.`,
  );
}

/**
 * Whether the rules certainly accept the body. Almost every call passes here, in a hundredth of the
 * time.
 */
function isPlain(body: JsonObject): body is JsonObject & ProxyEnvelope {
  const { instance_metadata: metadata, client_data: data } = body;
  return typeof metadata === 'string' && (data === undefined || typeof data === 'string');
}
