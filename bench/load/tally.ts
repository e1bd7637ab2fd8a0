import { quantile } from '../../test/support/figures.js';

/** A refusal in words: the product's answer with `"ok":false`, or a problem with its status. */
const OK = Buffer.from('"ok":true');
const REFUSED = Buffer.from('"ok":false');
const PROBLEM = Buffer.from('"type":"about:blank"');
const SAMPLE_CHARS = 300;

/** The part of a slice. Calls of the lead-in are not measured. */
export type Phase = 'lead-in' | 'measured' | 'rest';

/** Counts the answers of one slice. Times are milliseconds. */
export class Tally {
  phase: Phase = 'lead-in';
  /** Calls that were sent, in all phases. */
  sent = 0;
  /** Answers of the measured phase with `"ok":true`. */
  answered = 0;
  /** Refusals in words, in all phases. */
  refused = 0;
  /** Other answers, and calls without one, in all phases. */
  broken = 0;
  /** The first call that failed. */
  sample: string | undefined;
  /** Latencies of the calls that were to be sent in the measured phase. */
  private readonly latencies: number[] = [];
  private from = Infinity;
  private until = Infinity;

  start(now: number): void {
    this.phase = 'measured';
    this.from = now;
  }

  end(now: number): void {
    this.phase = 'rest';
    this.until = now;
  }

  note(head: string, body: Buffer, intendedAt: number): void {
    if (intendedAt >= this.from && intendedAt < this.until) {
      this.latencies.push(performance.now() - intendedAt);
    }
    if (head.startsWith('HTTP/1.1 200') && body.includes(OK)) {
      if (this.phase === 'measured') this.answered += 1;
      return;
    }
    if (body.includes(REFUSED) || body.includes(PROBLEM)) this.refused += 1;
    else this.broken += 1;
    this.sample ??= `${head.split('\r\n', 1)[0] ?? ''} ${body.toString().slice(0, SAMPLE_CHARS)}`;
  }

  noteBroken(reason: string): void {
    this.broken += 1;
    this.sample ??= reason;
  }

  latency(share: number): number {
    return quantile(this.latencies, share);
  }
}
