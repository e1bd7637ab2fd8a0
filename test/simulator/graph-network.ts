import type { Deadline } from '../../src/common/deadline.js';
import { type Context, currentContext, type Operation, remote } from './context.js';
import type { GraphQuestion, GraphServer, GraphReply } from './graph-server.js';
import type { Random } from './random.js';
import type { VirtualTime } from './virtual-time.js';

/** How the way to Instagram behaves, as shares of the requests. */
export interface NetworkFaults {
  readonly delayMs: number;
  /** The connection cannot be made: nothing was sent. */
  readonly unreachable: number;
  /** The request never arrives, and no answer comes. */
  readonly lostRequest: number;
  /** The request takes effect, and its answer is lost. */
  readonly lostAnswer: number;
  /** The request takes effect long after it was sent. */
  readonly late: number;
  /** Instagram refuses or fails. */
  readonly refused: number;
}

/** How an exchange ended, for the adapter to the service's own types. */
export type NetworkEnd =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  | { readonly kind: 'broken' | 'aborted'; readonly sent: boolean };

/** What the simulation learns about each request. */
export interface NetworkObserver {
  onAsked(question: GraphQuestion, context: Context): void;
  onSent(question: GraphQuestion, context: Context): number;
  onEffect(question: GraphQuestion, sentNumber: number): void;
  onAnswer(question: GraphQuestion, reply: GraphReply, context: Context): void;
}

const REFUSALS: readonly [GraphReply, ...GraphReply[]] = [
  { status: 500, json: { error: { code: 2, message: 'Temporary', is_transient: true } } },
  { status: 400, json: { error: { code: 1, message: 'Unknown' } } },
  { status: 403, json: { error: { code: 4, message: 'Limit' } } },
  { status: 400, json: { error: { code: 17, message: 'Limit' } } },
  { status: 400, json: { error: { code: 80002, message: 'Limit' } } },
  { status: 400, json: { error: { code: 190, message: 'Expired' } } },
  { status: 400, json: { error: { code: 10, message: 'Permission' } } },
  { status: 400, json: { error: { code: 100, error_subcode: 33, message: 'Not there' } } },
  { status: 502, json: undefined },
];
/** The longest way while Instagram behaves well. */
const CALM_DELAY_MS = 30;

/** The ways of one request, decided when it is sent. */
type Fate = 'answered' | 'unreachable' | 'lost_request' | 'lost_answer' | 'late' | 'refused';

/** Carries requests to Instagram and answers back. */
export class GraphNetwork {
  /** Set while Instagram is to behave well. */
  isCalm = false;
  /** Until this virtual time no request arrives. */
  downUntil = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly server: GraphServer,
    private readonly faults: NetworkFaults,
    /** The latest effect after a request was sent. */
    private readonly latestMs: number,
    private readonly observer: NetworkObserver,
  ) {}

  exchange(
    question: GraphQuestion,
    deadline: Pick<Deadline, 'signal' | 'passed'>,
  ): Promise<NetworkEnd> {
    const { signal } = deadline;
    const context = currentContext();
    const { random, call } = context;
    const fate = this.chooseFate(question, random);
    const operation = { label: describe(question), isDone: false };
    call?.pending.add(operation);
    this.observer.onAsked(question, context);
    return new Promise((resolve) => {
      let isSent = false;
      let isEnded = false;
      const end = (result: NetworkEnd, reply?: GraphReply): void => {
        if (isEnded) return;
        isEnded = true;
        if (reply !== undefined && result.kind === 'answer') {
          this.observer.onAnswer(question, reply, context);
        }
        call?.pending.delete(operation);
        signal.removeEventListener('abort', abort);
        resolve(result);
      };
      const abort = (): void => {
        end({ kind: 'aborted', sent: isSent });
      };
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener('abort', abort);
      const send = (): void => {
        if (signal.aborted) return;
        // The machine may have slept, so its timers are late.
        if (deadline.passed) {
          abort();
          return;
        }
        if (fate === 'unreachable') {
          end({ kind: 'broken', sent: false });
          return;
        }
        isSent = true;
        this.send({ question, fate, operation, end });
      };
      // An open connection carries the request at once.
      if (random.chance(0.5)) send();
      else this.time.later(random.between(0.1, this.delayMs), send);
    });
  }

  private send(sending: {
    readonly question: GraphQuestion;
    readonly fate: Fate;
    readonly operation: Operation;
    readonly end: (result: NetworkEnd, reply?: GraphReply) => void;
  }): void {
    const { question, fate, operation, end } = sending;
    const context = currentContext();
    const { random } = context;
    const { time } = this;
    const sentNumber = this.observer.onSent(question, context);
    if (fate === 'lost_request') return;
    const { latestMs } = this;
    const wayMs =
      fate === 'late' ? random.between(0, latestMs) : Math.min(this.wayMs(random), latestMs);
    const backMs = random.between(0.1, this.delayMs);
    const isHalfDone = fate === 'refused' && random.chance(0.3);
    const refusal = random.pick(REFUSALS);
    time.later(
      wayMs,
      () => {
        const reply = fate === 'refused' ? refusal : this.server.answer(question);
        if (isHalfDone && isVague(refusal)) this.server.answer(question);
        if (fate !== 'refused' || (isHalfDone && isVague(refusal))) {
          operation.isDone = true;
          this.observer.onEffect(question, sentNumber);
        }
        const broken: NetworkEnd = { kind: 'broken', sent: true };
        const text = reply.json === undefined ? '<html>' : JSON.stringify(reply.json);
        const answer: NetworkEnd = { kind: 'answer', status: reply.status, text };
        time.later(
          backMs,
          () => {
            end(fate === 'lost_answer' ? broken : answer, reply);
          },
          context,
        );
      },
      remote(context),
    );
  }

  private wayMs(random: Random): number {
    const downMs = Math.max(0, this.downUntil - this.time.elapsedMs);
    return downMs + random.between(0.1, this.delayMs);
  }

  private get delayMs(): number {
    return this.isCalm ? Math.min(this.faults.delayMs, CALM_DELAY_MS) : this.faults.delayMs;
  }

  private chooseFate({ method }: GraphQuestion, random: Random): Fate {
    if (this.isCalm) return 'answered';
    const { unreachable, lostRequest, lostAnswer, late, refused } = this.faults;
    const isWrite = method !== 'GET';
    if (random.chance(unreachable)) return 'unreachable';
    if (random.chance(lostRequest)) return 'lost_request';
    if (random.chance(lostAnswer)) return 'lost_answer';
    if (isWrite && random.chance(late)) return 'late';
    return random.chance(refused) ? 'refused' : 'answered';
  }
}

/** Whether a write may have taken effect although Instagram reports this. */
function isVague({ status }: GraphReply): boolean {
  return status >= 500;
}

function describe({ method, path }: GraphQuestion): string {
  const [, , edge = 'object'] = path.split('/');
  return `${method} ${edge}`;
}
