import type { Migration } from 'kysely';
import type { Engine } from '../database/ledger.schema.js';
import { likes } from './0001-likes.js';
import { channel } from './0002-channel.js';
import { connecting } from './0004-connecting.js';
import { sharedAccounts } from './0005-shared-accounts.js';
import { ownedRows } from './0006-owned-rows.js';
import { loginOrigin } from './0007-origin-of-log-ins.js';
import { ledgerLine } from './0008-ledger-line.js';
import { accountGates } from './0009-account-gates.js';
import { pullAnswers } from './0010-pull-answers.js';
import { schemaVersions } from './0011-schema-versions.js';
import { budgetCounts } from './0012-budget-counts.js';

/**
 * The history of the schema. A released migration never changes; a change of the schema is a new
 * migration at the end.
 *
 * There is no 0003: the number was skipped. Every database records the names of its migrations,
 * and Kysely refuses to start if a recorded name is missing or if a new one comes before it. So the
 * gap can be neither closed nor filled.
 */
export function buildMigrations(engine: Engine): Record<string, Migration> {
  return {
    '0001-likes': likes(engine),
    '0002-channel': channel,
    '0004-connecting': connecting,
    '0005-shared-accounts': sharedAccounts,
    '0006-owned-rows': ownedRows,
    '0007-origin-of-log-ins': loginOrigin,
    '0008-ledger-line': ledgerLine,
    '0009-account-gates': accountGates,
    '0010-pull-answers': pullAnswers,
    '0011-schema-versions': schemaVersions,
    '0012-budget-counts': budgetCounts,
  };
}

/**
 * Migrations after which the version before cannot use the database. All others are additive: they
 * add tables, and columns that are nullable or have a default (`additive-migrations.spec.ts`).
 */
const NOT_ADDITIVE: ReadonlySet<string> = new Set(['0006-owned-rows']);

/** Whether the version before the migration can use the database after it. */
export function isAdditive(name: string): boolean {
  return !NOT_ADDITIVE.has(name);
}
