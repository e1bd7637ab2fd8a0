import { sql } from 'kysely';
import { loadConfiguration } from '../../src/config/index.js';
import { Database } from '../../src/ledger/database/database.js';
import {
  ACCOUNT_DIGITS,
  ACCOUNT_PREFIX,
  CREDENTIALS_KEYS,
  MEDIA_DIGITS,
  MEDIA_PREFIX,
} from './accounts.js';
import type { WorkloadSize } from './requests.js';

/** Rows of one statement. One for all would fill the memory and the disk with its journal. */
const ROWS_AT_ONCE = 500_000;
/** The ids of `toAccountId` and `toMediaId`, as SQLite's formats. */
const ACCOUNT_FORMAT = `${ACCOUNT_PREFIX}%0${String(ACCOUNT_DIGITS)}d`;
const MEDIA_FORMAT = [
  MEDIA_PREFIX,
  `%0${String(MEDIA_DIGITS.account)}d`,
  `%0${String(MEDIA_DIGITS.post)}d`,
].join('');

/** Creates a SQLite ledger in which each heart is liked. */
export async function writeLedger(file: string, { accounts, posts }: WorkloadSize): Promise<void> {
  const database = new Database(
    loadConfiguration({
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS,
      DATABASE_URL: `sqlite:${file}`,
    }),
  );
  await database.onModuleInit();
  try {
    const rows = accounts * posts;
    for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
      const last = Math.min(rows, first + ROWS_AT_ONCE) - 1;
      await sql`
        insert into likes (ig_user_id, target_kind, target_id, liked, changed_at)
        with recursive heart(i) as (
          select ${first} union all select i + 1 from heart where i < ${last}
        )
        select
          printf(${ACCOUNT_FORMAT}, i % ${accounts}),
          'media',
          printf(${MEDIA_FORMAT}, i % ${accounts}, i / ${accounts}),
          1,
          '2026-11-22T09:30:00.000Z'
        from heart`.execute(database.db);
    }
  } finally {
    await database.onApplicationShutdown();
  }
}
