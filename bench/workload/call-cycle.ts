/** Prepared HTTP requests, sent one after the other and then again from the first. */
export class CallCycle {
  private sent = 0;

  constructor(private readonly requests: readonly Buffer[]) {}

  /** How many were taken so far. */
  get position(): number {
    return this.sent;
  }

  next(): Buffer {
    const request = this.requests[this.sent % this.requests.length];
    this.sent += 1;
    if (request === undefined) throw new Error('a workload needs at least one call');
    return request;
  }
}
