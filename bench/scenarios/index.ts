import { accounts } from './accounts.js';
import { connections } from './connections.js';
import { disk } from './disk.js';
import { ledger } from './ledger.js';
import { like, tls } from './like.js';
import { postgres } from './postgres.js';
import { rates } from './rates.js';
import { reads } from './reads.js';
import type { Scenario } from './scenario.js';
import { slowOrigin } from './slow-origin.js';
import { startUp } from './start-up.js';

/** In the order of the report. */
export const SCENARIOS: readonly Scenario[] = [
  like,
  tls,
  reads,
  rates,
  slowOrigin,
  disk,
  connections,
  accounts,
  ledger,
  postgres,
  startUp,
];
