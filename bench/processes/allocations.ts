import { closeSync, openSync, readSync } from 'node:fs';

/** As `--trace-gc` prints it: `[pid:isolate] 63 ms: Scavenge 4.4 (4.5) -> 3.7 (5.5) MB`. */
const COLLECTION = /:(0x\w+)\]\s+\d+ ms: \S+ ([\d.]+) \([\d.]+\) -> ([\d.]+) \(/g;
const READ_BYTES = 1 << 20;

/**
 * What the JavaScript heaps of a process allocated, by the `--trace-gc` lines in its output: the
 * growth of each thread's heap from one collection to the next. Memory outside of the heaps, such
 * as that of large buffers, is not counted.
 */
export class Allocations {
  private kib = 0;
  private position = 0;
  private rest = '';
  /** The heap of each thread after its last collection, in MB. */
  private readonly heaps = new Map<string, number>();

  constructor(private readonly logFile: string) {}

  /** KiB since the first collection. Exact up to what one collection frees. */
  get totalKib(): number {
    this.readOn();
    return this.kib;
  }

  private readOn(): void {
    const file = openSync(this.logFile, 'r');
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    try {
      for (;;) {
        const bytes = readSync(file, buffer, 0, READ_BYTES, this.position);
        if (bytes === 0) return;
        this.position += bytes;
        const text = this.rest + buffer.toString('latin1', 0, bytes);
        const end = text.lastIndexOf('\n') + 1;
        this.rest = text.slice(end);
        this.add(text.slice(0, end));
      }
    } finally {
      closeSync(file);
    }
  }

  private add(lines: string): void {
    for (const [, thread = '', before, after] of lines.matchAll(COLLECTION)) {
      const start = this.heaps.get(thread) ?? Number(before);
      this.kib += Math.max(0, Number(before) - start) * 1024;
      this.heaps.set(thread, Number(after));
    }
  }
}
