import { sql } from 'kysely';
import type { Target } from '../domain/target.js';
import type { LedgerConnection } from './ledger.schema.js';
import type { LedgerLine } from './ledger-line.js';
import { matchTargets } from './like-conditions.js';

/**
 * `confirmed`: Instagram confirmed the like or unlike at `changedAt`. `pending`: an attempt was
 * sent and its outcome is unknown. `restored`: a like was confirmed before the ledger turned out to
 * be a copy, so a later click may be missing. `none`: the ledger has no like.
 */
export type LikeState =
  | { readonly known: 'confirmed'; readonly liked: boolean; readonly changedAt: string }
  | { readonly known: 'pending' | 'restored' | 'none' };

interface StateRow {
  readonly row: 'attempt' | 'like' | 'line';
  readonly target_kind: string;
  readonly target_id: string;
  readonly liked: number;
  /** When it began, was confirmed, or broke. */
  readonly at: string | null;
  readonly line: string | null;
  readonly place: string;
}

/** Reads the state of each target, in the targets' order. */
export async function readStates(
  db: LedgerConnection,
  line: LedgerLine,
  igUserId: string,
  targets: readonly Target[],
): Promise<LikeState[]> {
  const { rows, known } = await line.readCompared(
    () => readRows(db, line, igUserId, targets),
    (result) => result.known.place,
  );
  return targets.map((target) => toState(target, rows, known.line ?? ''));
}

/**
 * One statement reads one moment. Between two statements, a like could begin and be confirmed, and
 * the result would be a state that never existed.
 */
async function readRows(
  db: LedgerConnection,
  line: LedgerLine,
  igUserId: string,
  targets: readonly Target[],
): Promise<{ rows: readonly StateRow[]; known: StateRow }> {
  const columns = ['target_kind', 'target_id', 'liked'] as const;
  const noPlace = sql<string>`''`.as('place');
  const attempts = db
    .selectFrom('like_attempts')
    .select(['line', sql<string | null>`started_at`.as('at'), noPlace])
    .select([...columns, sql<StateRow['row']>`'attempt'`.as('row')])
    .where('ig_user_id', '=', igUserId)
    .where((where) => matchTargets(where, targets));
  const likes = db
    .selectFrom('likes')
    .select(['line', sql<string | null>`changed_at`.as('at'), noPlace])
    .select([...columns, sql<StateRow['row']>`'like'`.as('row')])
    .where('ig_user_id', '=', igUserId)
    .where((where) => matchTargets(where, targets));
  const lines = line
    .select(igUserId)
    .select([
      sql<Target['kind']>`''`.as('target_kind'),
      sql<string>`''`.as('target_id'),
      sql<number>`0`.as('liked'),
      sql<StateRow['row']>`'line'`.as('row'),
    ]);
  const rows = await attempts.unionAll(likes).unionAll(lines).execute();
  const known = rows.find(({ row }) => row === 'line');
  if (known === undefined) throw new Error('the ledger has no line');
  return { rows, known };
}

function toState({ kind, id }: Target, rows: readonly StateRow[], line: string): LikeState {
  const ofTarget = rows.filter((row) => row.target_kind === kind && row.target_id === id);
  const like = ofTarget.find(({ row }) => row === 'like');
  const hasAttempt = ofTarget.some(({ row }) => row === 'attempt');
  if (like === undefined) return { known: hasAttempt ? 'pending' : 'none' };
  if (ofTarget.some(({ liked }) => liked !== like.liked)) return { known: 'pending' };
  if ((like.line ?? '') !== line) return { known: hasAttempt ? 'pending' : 'restored' };
  return { known: 'confirmed', liked: like.liked === 1, changedAt: like.at ?? '' };
}
