import { Injectable } from '@nestjs/common';
import { TRY_AGAIN } from '../domain/fixes.js';
import { Gate, type Pass } from '../gate/gate.js';
import { type Closure, type GateCall, GateClosed, type Refusal } from '../gate/gate-call.js';
import { type Hold, WHOLE_APP } from '../gate/hold.js';
import type { Usage } from '../gate/usage-meter.js';
import { type GraphCall, type GraphCaller, toKind } from './graph-call.js';
import { mapGraphError, type Subject, toRateLimitError } from './graph-error.mapper.js';
import { InstagramError } from './instagram-error.js';
import { fingerprint } from './token-fingerprint.js';
import { APP_LIMIT_CODES } from './usage-headers.js';

/** Codes with which Meta refuses a token. */
const TOKEN_CODES: ReadonlySet<number | undefined> = new Set([102, 190]);

const APP_TEXT = "The app has reached Meta's limit of calls of all its accounts for now.";

const CLOSED_STATUS = 400;

/** Passes calls of the Graph API through the gate. */
@Injectable()
export class GraphGate {
  constructor(private readonly gate: Gate) {}

  /**
   * Waits until the call may be sent.
   *
   * @throws {InstagramError} the call was not sent: Meta's earlier refusal of such calls with the
   *   time that is left, `rate_limited`, or `deadline_exceeded`.
   */
  async enter(call: GraphCall, caller: GraphCaller): Promise<Pass> {
    try {
      return await this.gate.enter(toGateCall(call, caller));
    } catch (error) {
      throw error instanceof GateClosed ? toClosedError(error.closure, call.subject) : error;
    }
  }

  /**
   * Waits until a call that passed may be sent now.
   *
   * @throws {InstagramError} like `enter`; the call was not sent.
   */
  async start(pass: Pass, { subject }: GraphCall): Promise<void> {
    try {
      await pass.start();
    } catch (error) {
      pass.leave({ kind: 'unanswered' });
      throw error instanceof GateClosed ? toClosedError(error.closure, subject) : error;
    }
  }

  /** Why a call with a connection may not be sent; undefined if it may. */
  findClosure(pass: Pass, { subject }: GraphCall): Error | undefined {
    try {
      pass.check();
      return undefined;
    } catch (error) {
      return error instanceof GateClosed ? toClosedError(error.closure, subject) : (error as Error);
    }
  }

  /** Reports a failure to the gate. */
  fail(pass: Pass, error: unknown, usage: Usage | undefined): void {
    // An error of the gate itself contains the codes of an earlier refusal.
    const isOfMeta = error instanceof InstagramError && error.log.gate === undefined;
    const refusal = isOfMeta ? toRefusal(error) : undefined;
    const isAnswer = isOfMeta && error.log.graph_code !== undefined;
    if (refusal !== undefined) {
      pass.leave({ kind: 'refused', refusal, ...(usage === undefined ? {} : { usage }) });
    } else {
      const kind = isAnswer && error.code !== 'platform_unavailable' ? 'answered' : 'unanswered';
      pass.leave({ kind, ...(usage === undefined ? {} : { usage }) });
    }
  }
}

function toGateCall(call: GraphCall, caller: GraphCaller): GateCall {
  return {
    igUserId: caller.igUserId,
    token: fingerprint(caller.token),
    kind: toKind(call),
    isBackground: caller.purpose === 'pull',
    deadline: caller.deadline,
  };
}

/** What Meta's refusal of a call says about other calls; undefined for nothing. */
function toRefusal({ code, log, retryAfterSeconds }: InstagramError): Refusal | undefined {
  const { graph_code: graphCode, graph_subcode: graphSubcode } = log;
  const retryAfterMs = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000;
  const refusal = { graphCode, graphSubcode, retryAfterMs };
  switch (code) {
    case 'rate_limited': {
      const reach = APP_LIMIT_CODES.has(graphCode) ? 'app' : 'account';
      return { ...refusal, cause: 'limit', reach };
    }
    case 'action_blocked':
      return { ...refusal, cause: 'block', reach: 'account' };
    case 'auth_expired':
    case 'auth_revoked':
    case 'auth_checkpoint':
      return TOKEN_CODES.has(graphCode)
        ? { ...refusal, cause: 'token', reach: 'token' }
        : undefined;
    default:
      return undefined;
  }
}

function toClosedError(closure: Closure, subject: Subject): InstagramError {
  switch (closure.kind) {
    case 'hold':
      return toHoldError(closure, subject);
    case 'pace':
    case 'usage':
      return new InstagramError('rate_limited', PACE_TEXTS[closure.kind], {
        effect: 'none',
        fix: TRY_AGAIN,
        level: 'warn',
        retryAfterSeconds: toSeconds(closure.leftMs),
        log: { gate: closure.kind, sent: false },
      });
    case 'share':
      return new InstagramError(
        'deadline_exceeded',
        'Other calls of this account used all the time, so this one was not sent.',
        { effect: 'none', fix: TRY_AGAIN, level: 'warn', log: { gate: 'share', sent: false } },
      );
  }
}

const PACE_TEXTS = {
  pace: 'Instagram does not accept so many actions of one account at once.',
  usage: "The account has nearly reached Meta's limit of calls.",
} as const;

/** The error of the refusal that closed the gate. */
function toHoldError(
  { hold, leftMs }: Extract<Closure, { kind: 'hold' }>,
  subject: Subject,
): InstagramError {
  const { cause, graphCode, graphSubcode } = hold;
  const first = toFirstError(hold, subject);
  const isOfApp = hold.igUserId === WHOLE_APP;
  return new InstagramError(first.code, isOfApp ? APP_TEXT : first.message, {
    ...(first.fix === undefined ? {} : { fix: first.fix }),
    effect: 'none',
    reach: first.reach,
    level: first.level,
    // A refused token works again only after a new login.
    ...(cause === 'token' ? {} : { retryAfterSeconds: toSeconds(leftMs) }),
    log: { graph_code: graphCode, graph_subcode: graphSubcode, gate: 'hold', sent: false },
  });
}

function toFirstError({ cause, graphCode, graphSubcode }: Hold, subject: Subject): InstagramError {
  if (graphCode === undefined) return toRateLimitError(undefined);
  const context = { subject, status: CLOSED_STATUS, retryAfterSeconds: undefined };
  const error = mapGraphError(toGraphError(graphCode, graphSubcode), context);
  // Status 429 made a limit of a code that means something else with another status.
  const isLimit = cause === 'limit' || cause === 'usage';
  return isLimit && error.code !== 'rate_limited' ? toRateLimitError(undefined) : error;
}

function toGraphError(
  code: number,
  subcode: number | undefined,
): Parameters<typeof mapGraphError>[0] {
  const unknown = { traceId: undefined, userMessage: undefined };
  return { code, subcode, isTransient: false, asksForLess: false, ...unknown };
}

function toSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
