/**
 * The sandbox's Omniwear account, sealed with the sandbox's published key: the example in Swagger UI. It opens only where
 * that key is configured, and its token is one that only the sandbox's Instagram knows.
 */
export const SANDBOX_METADATA =
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIiwia2lkIjoic2FuZGJveCIsInR5cCI6ImlnLWFjY291bnQrandlIn0..FGvxXXiagmUkWxjL.8bZSkrWKgbOO1-Um1UOVOlmUFxhMI9-u6MWfqHEgz1P2PYsxu_ghDVOFNrN66tN4r5uB6t5I_3ljfO4wQv9J8x6O9aHzTrvvrH2u_wtH5k3l95kHiOxFOKzlqiZL_l_FjlVMHWKtHIi4EpVw7n4vbyJdP8WxgrVDnMFpgiAAmTbWRF7jUufeyl2th3rwE9B5PYusYCh-aP7GEaQEZFTVm5O6xUlG7bTE5fPkwsOsWnhfqu2a6hk46pfN_LFf0g._8US4Oay61Od41A291hICw';
