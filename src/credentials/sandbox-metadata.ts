/**
 * The sandbox's Omniwear account, sealed with the sandbox's published key: the example in Swagger UI. It opens only where
 * that key is configured, and its token is one that only the sandbox's Instagram knows.
 */
export const SANDBOX_METADATA =
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIiwia2lkIjoic2FuZGJveCIsInR5cCI6ImlnLWFjY291bnQrandlIn0..BI71yycnf0n_cVWJ.ZW907s8y1ilTJOX0d5qBhrHnkeEHnJJ1Uup3xX8DtFBClaBBX_PAj1Mdzn4qSuC2WjGjxjZJwb7_TN3bGfpps40toLydWOjleihUn05fAilsifvB0kFqs5mus68pEbuuk92fZjrzYH1C8QHRLPn2ubcEUVMCDa2pWjjEAAwqLJvm1wEsAGo2zyrahnkV1u90Z0iN1wp0obBHJdK8LwBH6fLQXOmxqHF9zEycVRNDI30grgbfhQ.X_7gpFx_yZkWZLk_JvdKSg';
