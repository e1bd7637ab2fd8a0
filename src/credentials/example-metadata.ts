/**
 * The sealed account in the examples of the OpenAPI document. It is made up, and no key opens it.
 * `DOCS_EXAMPLE_METADATA` replaces it in the sandbox.
 */
export const EXAMPLE_METADATA =
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..made-up.sealed-account.of-your-zendesk';
