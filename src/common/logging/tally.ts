/** Between two lines about one event: a flood of events is no flood of lines. */
const REPORT_EVERY_MS = 5000;

/** Counts an event and reports the count, the first time at once, then every 5 seconds. */
export class Tally {
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly report: (count: number) => void) {}

  add(): void {
    this.count += 1;
    if (this.timer === undefined) this.flush();
  }

  private flush(): void {
    this.report(this.count);
    this.count = 0;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.count > 0) this.flush();
    }, REPORT_EVERY_MS).unref();
  }
}
