import { OMNIWEAR } from '../omniwear.js';

/** Meta sends its usage counters, in percent, as JSON in headers. */
export function buildUsageHeaders(): Record<string, string> {
  const usage = { call_count: 1, total_cputime: 1, total_time: 1 };
  const business = { ...usage, type: 'instagram', estimated_time_to_regain_access: 0 };
  return {
    'x-app-usage': JSON.stringify(usage),
    'x-business-use-case-usage': JSON.stringify({ [OMNIWEAR.igUserId]: [business] }),
  };
}
