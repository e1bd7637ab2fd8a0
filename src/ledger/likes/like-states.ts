import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import { type Target, TARGET_KINDS, type TargetKind } from '../../domain/target.js';
import type { Database } from '../database/database.js';
import type { LedgerConnection, LedgerSchema } from '../database/ledger.schema.js';
import type { LedgerLine } from '../line/ledger-line.js';
import { type BoundStatement, Statement } from '../database/statement.js';

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

/**
 * Numbers of ids in a compiled statement. A list is filled up to the next of them with its last id,
 * so a few statements serve lists of any length. `/like/state` accepts 50 targets.
 */
const SIZES = [0, 1, 10, 50] as const;

/** The values by their names: `account`, and each id as its kind and place, such as `media0`. */
type StateValues = Readonly<Record<string, string>>;

/** Reads the states of likes. */
export class LikeStates {
  /** By the sizes of the lists of posts and comments. */
  private readonly statements = new Map<string, Statement<StateValues, StateRow>>();

  constructor(
    private readonly database: Database,
    private readonly line: LedgerLine,
  ) {}

  /** Reads the state of each target, in the targets' order. */
  async read(igUserId: string, targets: readonly Target[]): Promise<LikeState[]> {
    const statement = this.bind(igUserId, targets);
    const { rows, known } = await this.line.readCompared(
      async () => splitLine(await this.database.run(statement)),
      (result) => result.known.place,
    );
    const groups = groupByTarget(rows);
    return targets.map(({ kind, id }) =>
      toState(groups.get(`${kind}/${id}`) ?? [], known.line ?? ''),
    );
  }

  private bind(igUserId: string, targets: readonly Target[]): BoundStatement<StateRow> {
    const values: Record<string, string> = { account: igUserId };
    const sizes = TARGET_KINDS.map((kind) => {
      const ids = targets.filter((target) => target.kind === kind).map(({ id }) => id);
      const size = SIZES.find((each) => each >= ids.length) ?? ids.length;
      for (let place = 0; place < size; place += 1) {
        values[`${kind}${String(place)}`] = ids[Math.min(place, ids.length - 1)] ?? '';
      }
      return size;
    });
    return this.compile(sizes).bind(values);
  }

  private compile(sizes: readonly number[]): Statement<StateValues, StateRow> {
    const key = sizes.join();
    let statement = this.statements.get(key);
    if (statement === undefined) {
      statement = buildStatement(this.database.db, this.line, sizes);
      if (sizes.every((size) => SIZES.some((each) => each === size))) {
        this.statements.set(key, statement);
      }
    }
    return statement;
  }
}

/**
 * One statement reads one moment. Between two statements, a like could begin and be confirmed, and
 * the result would be a state that never existed.
 */
function buildStatement(
  db: LedgerConnection,
  line: LedgerLine,
  sizes: readonly number[],
): Statement<StateValues, StateRow> {
  return new Statement((value) => {
    const columns = ['target_kind', 'target_id', 'liked'] as const;
    const noPlace = sql<string>`''`.as('place');
    const lists = TARGET_KINDS.map((kind, index) => ({
      kind,
      ids: Array.from({ length: sizes[index] ?? 0 }, (_, place) =>
        value(`${kind}${String(place)}`),
      ),
    }));
    const attempts = db
      .selectFrom('like_attempts')
      .select(['line', sql<string | null>`started_at`.as('at'), noPlace])
      .select([...columns, sql<StateRow['row']>`'attempt'`.as('row')])
      .where('ig_user_id', '=', value('account'))
      .where((where) => matchLists(where, lists));
    const likes = db
      .selectFrom('likes')
      .select(['line', sql<string | null>`changed_at`.as('at'), noPlace])
      .select([...columns, sql<StateRow['row']>`'like'`.as('row')])
      .where('ig_user_id', '=', value('account'))
      .where((where) => matchLists(where, lists));
    const lines = line
      .select(value('account'))
      .select([
        sql<Target['kind']>`''`.as('target_kind'),
        sql<string>`''`.as('target_id'),
        sql<number>`0`.as('liked'),
        sql<StateRow['row']>`'line'`.as('row'),
      ]);
    return attempts.unionAll(likes).unionAll(lines);
  });
}

/** Matches rows of any target in the lists. */
function matchLists(
  where: ExpressionBuilder<LedgerSchema, 'likes' | 'like_attempts'>,
  lists: readonly { readonly kind: TargetKind; readonly ids: Expression<string>[] }[],
): Expression<SqlBool> {
  // One list for each kind keeps the statement flat for any number of targets.
  return where.or(
    lists
      .filter(({ ids }) => ids.length > 0)
      .map(({ kind, ids }) =>
        where.and([where('target_kind', '=', kind), where('target_id', 'in', ids)]),
      ),
  );
}

function splitLine(rows: readonly StateRow[]): { rows: readonly StateRow[]; known: StateRow } {
  const known = rows.find(({ row }) => row === 'line');
  if (known === undefined) throw new Error('the ledger has no line');
  return { rows, known };
}

function toState(ofTarget: readonly StateRow[], line: string): LikeState {
  const like = ofTarget.find(({ row }) => row === 'like');
  const hasAttempt = ofTarget.some(({ row }) => row === 'attempt');
  if (like === undefined) return { known: hasAttempt ? 'pending' : 'none' };
  if (ofTarget.some(({ liked }) => liked !== like.liked)) return { known: 'pending' };
  if ((like.line ?? '') !== line) return { known: hasAttempt ? 'pending' : 'restored' };
  return { known: 'confirmed', liked: like.liked === 1, changedAt: like.at ?? '' };
}

/** The rows by their target's kind and id. */
function groupByTarget(rows: readonly StateRow[]): ReadonlyMap<string, readonly StateRow[]> {
  const groups = new Map<string, StateRow[]>();
  for (const row of rows) {
    const key = `${row.target_kind}/${row.target_id}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
