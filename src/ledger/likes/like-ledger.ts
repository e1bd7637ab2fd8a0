import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Expression } from 'kysely';
import { Clock } from '../../common/clock.js';
import { Deadline } from '../../common/deadline.js';
import { isoTime } from '../../common/iso-time.js';
import { LATE_EFFECT_MS } from '../../common/late-effect.js';
import { EventLog } from '../../common/logging/event-log.js';
import type { Target } from '../../domain/target.js';
import { Database } from '../database/database.js';
import type { LedgerConnection } from '../database/ledger.schema.js';
import { LedgerLine } from '../line/ledger-line.js';
import { LedgerTime } from '../database/ledger-time.js';
import { toTargetColumns } from './like-conditions.js';
import { deleteCommentLikes, deleteOldAttempts } from './like-deletion.js';
import { type LikeAttempt, LikeStatements, readDecision } from './like-statements.js';
import { type LikeState, LikeStates } from './like-states.js';

/** For callers of this ledger. */
export { LATE_EFFECT_MS };
export type { LikeAttempt, LikeState };

/** 96 random bits, 16 characters. */
const TOKEN_BYTES = 12;
/** Random bytes for so many tokens come at once, because each request to the system costs more. */
const TOKENS_DRAWN = 128;
/**
 * How long an attempt with an unknown outcome is kept. A heart that nobody clicked for so long is
 * then "not known" instead of pending.
 */
export const ATTEMPTS_KEPT_MS = 30 * 86_400_000;
/** A count of more would read too much of the table. */
const PENDING_COUNTED_MAX = 10_000;
/** Hearts in one transaction, and transactions of one sweep. The next one follows in a minute. */
const SWEPT_HEARTS = 100;
const SWEPT_BATCHES_MAX = 20;

/**
 * The likes that this service set for the accounts. It owns `likes` and `like_attempts`. An attempt
 * is on disk before it is sent. From then on the state is pending until Instagram confirms or
 * refuses it.
 *
 * The state is definite only while every attempt that may still take effect wants the confirmed
 * state: a like that timed out can overtake a later unlike. If two opposite attempts are in
 * progress at the same time, only the one that is confirmed first decides, and the other one keeps
 * the state pending. So no crash and no other process can cause a definite answer that is wrong
 * (docs/decisions/several-processes.md).
 */
@Injectable()
export class LikeLedger {
  private compiled: LikeStatements | undefined;
  private readonly likeStates: LikeStates;

  constructor(
    private readonly database: Database,
    clock: Clock,
    private readonly time: LedgerTime = new LedgerTime(database, clock),
    private readonly line: LedgerLine = LedgerLine.create(database, clock),
    private readonly log: EventLog = new EventLog('silent'),
  ) {
    this.likeStates = new LikeStates(database, line);
  }

  /** The database opens after this object was made. */
  private get statements(): LikeStatements {
    this.compiled ??= new LikeStatements(this.database.db, this.time, this.line);
    return this.compiled;
  }

  /**
   * Records that a like or unlike is about to be sent.
   *
   * @param waitMs how long it may wait for a connection to the database. The default is the
   * deadline of a proxied call.
   * @throws {ServiceError} `deadline_exceeded` if the wait was too long; nothing was recorded.
   */
  async begin(
    igUserId: string,
    target: Target,
    liked: boolean,
    waitMs?: number,
  ): Promise<LikeAttempt> {
    const token = drawToken();
    const insert = this.statements.begin(igUserId, target, liked, token);
    const [row] = await (waitMs === undefined
      ? this.database.run(insert)
      : this.database.within(waitMs, () => this.database.run(insert)));
    if (row === undefined) throw new Error('an insert returned no row');
    const startedAt = Date.parse(row.started_at);
    return { id: row.id, igUserId, target, liked, startedAt, line: row.line ?? '', token };
  }

  /**
   * Records that Instagram confirmed the attempt. This settles the attempts that were too old to
   * take effect after it began. It changes nothing if an opposite attempt that was in progress at
   * the same time was confirmed before.
   *
   * @returns when Instagram confirmed it, ISO 8601.
   */
  async confirm(attempt: LikeAttempt): Promise<string> {
    return Deadline.beyond(async () => {
      const decision = readDecision(await this.database.runScript(this.statements.decide(attempt)));
      if (decision !== undefined) {
        const settlesNoLater = decision.settledIds.every((id) => id <= attempt.id);
        // A lost attempt may still change the like. An opposite one makes the state pending.
        if (!this.log.check('like_settles_no_later_attempt', settlesNoLater)) {
          await this.rewrite({ ...attempt, liked: !attempt.liked }, this.time.now());
        }
        return decision.changedAt;
      }
      // Another confirmation may have settled the attempt as too old.
      const isGone = (await this.find(this.database.db, attempt)) === undefined;
      if (isGone) await this.rewrite(attempt, isoTime(attempt.startedAt));
      return isoTime(await this.time.read());
    });
  }

  private async find(db: LedgerConnection, { id, token }: LikeAttempt): Promise<unknown> {
    return db
      .selectFrom('like_attempts')
      .select('id')
      .where((where) => where.and({ id, token }))
      .executeTakeFirst();
  }

  /**
   * Makes sure that an attempt with an unknown outcome is still recorded, so the state is pending.
   * Another process may have settled it as too old, if this process was halted while it sent it.
   */
  async keep(attempt: LikeAttempt): Promise<void> {
    await Deadline.beyond(async () => {
      const known = await this.find(this.database.db, attempt);
      // It may have left this process only now, so its time starts again.
      if (known === undefined) await this.rewrite(attempt, this.time.now());
    });
  }

  /**
   * Records an attempt again that another process settled as too old to take effect, and that
   * Instagram may have received later. It is unknown which of the two Instagram processed last, so
   * it decides nothing. It gets a new id, because no attempt that is in progress may settle it.
   *
   * If the heart has neither a like nor an attempt, its data was deleted and nothing can be wrong.
   */
  private async rewrite(
    attempt: LikeAttempt,
    startedAt: string | Expression<string>,
  ): Promise<void> {
    const { igUserId, target, liked, line, token } = attempt;
    const key = toTargetColumns(igUserId, target);
    const again = { liked: liked ? 1 : 0, overlapped: 1, started_at: startedAt };
    await this.database.db.transaction().execute(async (db) => {
      const columns = ['target_id'] as const;
      const others = await db
        .selectFrom('likes')
        .select(columns)
        .where((where) => where.and(key))
        .unionAll(
          db
            .selectFrom('like_attempts')
            .select(columns)
            .where((where) => where.and(key)),
        )
        .limit(1)
        .execute();
      if (others.length === 0) return;
      await db
        .insertInto('like_attempts')
        .values({ ...key, ...again, line, token })
        .execute();
    });
  }

  /** Deletes an attempt that certainly had no effect. The earlier state applies again. */
  async withdraw({ id, token }: LikeAttempt): Promise<void> {
    await Deadline.beyond(() =>
      this.database.db
        .deleteFrom('like_attempts')
        .where((where) => where.and({ id, token }))
        .execute(),
    );
  }

  /**
   * Deletes attempts that cancelled each other out, so the earlier state applies again. They stay
   * if there was another attempt in between, because then the last one is unknown.
   */
  async withdrawTrial(attempts: readonly LikeAttempt[], before: LikeState): Promise<void> {
    const [first] = attempts;
    if (first === undefined) return;
    const { igUserId, target } = first;
    const tokens = attempts.map(({ token }) => token);
    await this.database.db.transaction().execute(async (db) => {
      const like = await db
        .selectFrom('likes')
        .select('changed_at')
        .where((where) => where.and(toTargetColumns(igUserId, target)))
        .executeTakeFirst();
      const others = await db
        .selectFrom('like_attempts')
        .select('id')
        .where((where) => where.and(toTargetColumns(igUserId, target)))
        .where((where) => where.or([where('token', 'is', null), where('token', 'not in', tokens)]))
        .executeTakeFirst();
      const changedAt = before.known === 'confirmed' ? before.changedAt : undefined;
      if (others !== undefined || like?.changed_at !== changedAt) return;
      await db.deleteFrom('like_attempts').where('token', 'in', tokens).execute();
    });
  }

  /** The number of attempts with an unknown outcome or in progress, up to `PENDING_COUNTED_MAX`. */
  async countPending(): Promise<number> {
    const some = this.database.db.selectFrom('like_attempts').select('id');
    return (await some.limit(PENDING_COUNTED_MAX).execute()).length;
  }

  /** Reads the state of each target, in the targets' order. */
  async states(igUserId: string, targets: readonly Target[]): Promise<LikeState[]> {
    return this.likeStates.read(igUserId, targets);
  }

  /**
   * Deletes the likes and attempts of comments without making a later answer wrong.
   *
   * @param db a transaction.
   * @param until likes that were confirmed later stay; ISO 8601.
   */
  async deleteComments(
    db: LedgerConnection,
    igUserId: string,
    commentIds: readonly string[],
    until?: string,
  ): Promise<void> {
    await deleteCommentLikes(db, igUserId, commentIds, this.time.now(-LATE_EFFECT_MS), until);
  }

  /** Deletes attempts older than `ATTEMPTS_KEPT_MS`, and the likes that they leave unknown. */
  async sweep(): Promise<void> {
    for (let batch = 0; batch < SWEPT_BATCHES_MAX; batch += 1) {
      const hearts = await this.database.db
        .transaction()
        .execute((db) => deleteOldAttempts(db, this.time.now(-ATTEMPTS_KEPT_MS), SWEPT_HEARTS));
      if (hearts < SWEPT_HEARTS) return;
    }
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('likes').where('ig_user_id', 'in', accounts).execute();
    await db.deleteFrom('like_attempts').where('ig_user_id', 'in', accounts).execute();
  }
}

let drawn = Buffer.alloc(0);

function drawToken(): string {
  if (drawn.length < TOKEN_BYTES) drawn = randomBytes(TOKEN_BYTES * TOKENS_DRAWN);
  const token = drawn.toString('base64url', 0, TOKEN_BYTES);
  drawn = drawn.subarray(TOKEN_BYTES);
  return token;
}
