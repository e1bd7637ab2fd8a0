import { quantile } from '../support/figures.js';

/** One answer of the service in a trial. */
interface Measured {
  readonly kind: string;
  readonly ms: number;
  /** The HTTP status and, for a proxied call, the outcome. */
  readonly outcome: string;
}

/** Calls a service and measures how long its answers take. */
export class AnswerTimes {
  private readonly answers: Measured[] = [];

  constructor(private readonly url: string) {}

  /** Sends a form, or a GET request without fields. */
  async call(path: string, fields?: Record<string, string>): Promise<Measured> {
    const begun = performance.now();
    const request =
      fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields) };
    const answer = await fetch(`${this.url}${path}`, request);
    const text = await answer.text();
    const ms = performance.now() - begun;
    const code = /"ok":true/.exec(text)?.[0] ?? /"code":"(\w+)"/.exec(text)?.[1] ?? '';
    const measured = { kind: path, ms, outcome: `${String(answer.status)} ${code}`.trim() };
    this.answers.push(measured);
    return measured;
  }

  /** Prints the figures. Returns whether all answers were in time and no status was 500. */
  report(limits: Readonly<Record<string, number>>): boolean {
    const rows = Object.entries(limits).map(([kind, limit]) => {
      const mine = this.answers.filter((answer) => answer.kind === kind);
      const times = mine.map(({ ms }) => ms);
      const at = (share: number): number => Math.round(quantile(times, share));
      const outcomes = [...new Set(mine.map(({ outcome }) => outcome))].map(
        (outcome) => `${String(mine.filter((m) => m.outcome === outcome).length)} x ${outcome}`,
      );
      return { kind, limit, n: mine.length, p50: at(0.5), p95: at(0.95), max: at(1), outcomes };
    });
    console.table(rows.map(({ outcomes, ...row }) => ({ ...row, outcomes: outcomes.join(', ') })));
    const isAnswered = this.answers.every(({ outcome }) => !outcome.startsWith('500'));
    return isAnswered && rows.every(({ n, max, limit }) => n > 0 && max <= limit);
  }
}
