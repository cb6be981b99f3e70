import type { Append } from './append-queue.js';

/** Until when senders wait that do not wait for ever. One timer for all: a timer each is a tenth of the work of a single-event append. */
export class Deadlines {
  private readonly watched = new Set<Append>();
  private nextLook = Infinity;
  private timer: NodeJS.Timeout | null = null;

  /** @param passed is told of each whose deadline is over and that was not forgotten before, once */
  constructor(private readonly passed: (append: Append) => void) {}

  watch(append: Append): void {
    if (append.deadline === Infinity) return;
    this.watched.add(append);
    this.lookAt(append.deadline);
  }

  forget(append: Append): void {
    this.watched.delete(append);
  }

  private lookAt(deadline: number): void {
    if (deadline >= this.nextLook) return;
    if (this.timer) clearTimeout(this.timer);
    this.nextLook = deadline;
    this.timer = setTimeout(() => this.look(), deadline - performance.now()).unref();
  }

  private look(): void {
    this.nextLook = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const append of this.watched) {
      if (append.deadline > now) {
        next = Math.min(next, append.deadline);
        continue;
      }
      this.watched.delete(append);
      this.passed(append);
    }
    this.lookAt(next);
  }
}
