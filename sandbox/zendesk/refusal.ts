/**
 * Zendesk refuses a call itself. Its documentation does not say how the authenticating proxy does; this is the
 * envelope of the rest of its API.
 */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly description: string,
  ) {
    super(description);
  }
}
