import { LATE_EFFECT_MS } from '../../common/late-effect.js';
import { isoTime } from '../../common/iso-time.js';
import type { Target, TargetKind } from '../../domain/target.js';
import type { LedgerConnection } from '../database/ledger.schema.js';
import type { LedgerLine } from '../line/ledger-line.js';
import type { LedgerTime } from '../database/ledger-time.js';
import type { ScriptRows, ScriptStep } from '../database/script.js';
import { type BoundStatement, Statement } from '../database/statement.js';

/** One like or unlike in progress. */
export interface LikeAttempt {
  readonly id: number;
  readonly igUserId: string;
  readonly target: Target;
  readonly liked: boolean;
  /** By the ledger's clock. Milliseconds since 1970. */
  readonly startedAt: number;
  /** The ledger's line when it began. */
  readonly line: string;
  readonly token: string;
}

interface AttemptRow {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  readonly line: string | null;
}

interface HeartValues {
  readonly account: string;
  readonly kind: TargetKind;
  readonly target: string;
  readonly liked: number;
}

interface AttemptValues extends HeartValues {
  readonly id: number;
  readonly token: string;
}

/** The statements of each like, compiled once. */
export class LikeStatements {
  constructor(
    private readonly db: LedgerConnection,
    private readonly time: LedgerTime,
    private readonly line: LedgerLine,
  ) {}

  private readonly insertAttempt = new Statement<HeartValues & { token: string }, AttemptRow>(
    (value) =>
      this.db
        .insertInto('like_attempts')
        .values({
          ig_user_id: value('account'),
          target_kind: value('kind'),
          target_id: value('target'),
          liked: value('liked'),
          // It decides nothing while a like of a lost ledger may overtake it.
          overlapped: this.line.isSettling(value('account')),
          started_at: this.time.nowAtRun(),
          line: this.line.current(value('account')),
          token: value('token'),
        })
        .returning(['id', 'started_at', 'line']),
  );

  /**
   * Comes first because of its row lock: confirmations of one target by several processes wait for
   * each other here.
   */
  private readonly putLike = new Statement<HeartValues & { line: string }, { changed_at: string }>(
    (value) => {
      const state = {
        liked: value('liked'),
        changed_at: this.time.nowAtRun(),
        line: value('line'),
      };
      return this.db
        .insertInto('likes')
        .values({
          ig_user_id: value('account'),
          target_kind: value('kind'),
          target_id: value('target'),
          ...state,
        })
        .onConflict((conflict) =>
          conflict.columns(['ig_user_id', 'target_kind', 'target_id']).doUpdateSet(state),
        )
        .returning('changed_at');
    },
  );

  /** Deletes the attempt, unless it must not decide, and those that were too old. */
  private readonly settleAttempts = new Statement<
    AttemptValues & { tooOld: string },
    { id: number }
  >((value) =>
    this.db
      .deleteFrom('like_attempts')
      .where('ig_user_id', '=', value('account'))
      .where('target_kind', '=', value('kind'))
      .where('target_id', '=', value('target'))
      .where((where) =>
        where.or([
          where.and([where('token', '=', value('token')), where('overlapped', '=', 0)]),
          where.and([where('id', '<', value('id')), where('started_at', '<=', value('tooOld'))]),
        ]),
      )
      .returning('id'),
  );

  private readonly markOpposite = new Statement<HeartValues, never>((value) =>
    this.db
      .updateTable('like_attempts')
      .set({ overlapped: 1 })
      .where('ig_user_id', '=', value('account'))
      .where('target_kind', '=', value('kind'))
      .where('target_id', '=', value('target'))
      .where('liked', '!=', value('liked')),
  );

  /** Records an attempt. */
  begin(
    igUserId: string,
    target: Target,
    liked: boolean,
    token: string,
  ): BoundStatement<AttemptRow> {
    return this.insertAttempt.bind({ ...toHeart(igUserId, target, liked), token });
  }

  /** Decides the state, or is rolled back because the attempt must not decide. */
  decide({ id, igUserId, target, liked, startedAt, line, token }: LikeAttempt): ScriptStep[] {
    const heart = toHeart(igUserId, target, liked);
    const tooOld = isoTime(startedAt - LATE_EFFECT_MS);
    return [
      { statement: this.putLike.bind({ ...heart, line }) },
      { statement: this.settleAttempts.bind({ ...heart, id, token, tooOld }), mustReturnId: id },
      { statement: this.markOpposite.bind(heart) },
    ];
  }
}

function toHeart(igUserId: string, { kind, id }: Target, liked: boolean): HeartValues {
  return { account: igUserId, kind, target: id, liked: liked ? 1 : 0 };
}

interface Decision {
  /** When Instagram confirmed it; ISO 8601, UTC. */
  readonly changedAt: string;
  readonly settledIds: readonly number[];
}

/** Reads the rows of the steps of `LikeStatements.decide`; undefined if they were rolled back. */
export function readDecision(rows: ScriptRows): Decision | undefined {
  if (rows === undefined) return undefined;
  const [[like] = [], settled = []] = rows;
  return {
    changedAt: (like as { changed_at: string }).changed_at,
    settledIds: settled.map((row) => (row as { id: number }).id),
  };
}
