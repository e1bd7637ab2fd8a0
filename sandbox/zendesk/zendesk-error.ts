/**
 * An error that Zendesk itself answers with. The documentation does not show the errors of the
 * authenticating proxy; this is the envelope of the rest of its API.
 */
export class ZendeskError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly description: string,
  ) {
    super(description);
  }
}

export function notFound(): ZendeskError {
  return new ZendeskError(404, 'RecordNotFound', 'Not found');
}

export function recordInvalid(description: string): ZendeskError {
  return new ZendeskError(422, 'RecordInvalid', description);
}
