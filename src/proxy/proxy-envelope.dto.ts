import { IsOptional, IsString } from 'class-validator';
import { ProblemError } from '../common/http/problem.js';
import { isJsonObject } from '../common/json-object.js';
import { validate } from '../common/validation/validate.js';

/**
 * What Zendesk POSTs to a route of the authenticating proxy, as a form or as JSON (Zendesk, "Authenticating proxy").
 * Fields that Zendesk may add one day are ignored.
 */
export class ProxyEnvelope {
  @IsString({ message: 'must be given once, as a string' })
  instance_metadata: string;

  @IsOptional()
  @IsString({ message: 'must be given once, as a string' })
  client_data?: string | null;
}

/**
 * The envelope in a request's body.
 *
 * @throws {ProblemError} 400 where the body is no proxy call at all.
 */
export function readEnvelope(body: unknown): ProxyEnvelope {
  const checked = validate(ProxyEnvelope, isJsonObject(body) ? body : {}, {
    unknownFields: 'ignore',
  });
  if ('value' in checked) return checked.value;
  throw new ProblemError(
    400,
    `This address takes what Zendesk's authenticating proxy sends: ${checked.faults.join('; ')}.`,
  );
}
