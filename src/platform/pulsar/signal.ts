/** Something that happens again and again, and that callers wait for with a deadline. One timer serves all who wait. */
export class Signal {
  private waiting: Promise<void> | undefined;
  private wake: (() => void) | undefined;

  /** Resolves at the next `raise()`, or when the deadline of the first who waits has passed. */
  within(milliseconds: number): Promise<void> {
    this.waiting ??= new Promise<void>((resolve) => {
      const deadline = setTimeout(() => this.raise(), milliseconds);
      this.wake = () => {
        clearTimeout(deadline);
        resolve();
      };
    });
    return this.waiting;
  }

  raise(): void {
    this.waiting = undefined;
    this.wake?.();
    this.wake = undefined;
  }
}
