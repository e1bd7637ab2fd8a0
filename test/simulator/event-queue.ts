import type { Context } from './context.js';

/** Something that happens at a virtual time. */
export interface VirtualEvent {
  at: number;
  /** Orders events of the same time. */
  order: number;
  isCancelled: boolean;
  /** Of a timer: how long its process's timers had stopped when it was last set. */
  stoppedMs?: number | undefined;
  readonly context: Context;
  readonly run: () => void;
}

/** The coming events, earliest first: a binary heap. */
export class EventQueue {
  private readonly heap: VirtualEvent[] = [];

  get size(): number {
    return this.heap.length;
  }

  push(event: VirtualEvent): void {
    const { heap } = this;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!this.isBefore(index, above)) return;
      this.swap(index, above);
      index = above;
    }
  }

  pop(): VirtualEvent | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let least = index;
      if (left < heap.length && this.isBefore(left, least)) least = left;
      if (right < heap.length && this.isBefore(right, least)) least = right;
      if (least === index) return first;
      this.swap(index, least);
      index = least;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  private swap(one: number, other: number): void {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (a === undefined || b === undefined) return;
    this.heap[one] = b;
    this.heap[other] = a;
  }
}
