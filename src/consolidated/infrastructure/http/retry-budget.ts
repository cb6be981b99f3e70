/** The budget is kept in tenths of an attempt, which add up exactly. */
const FULL = 100;
const ATTEMPT = 10;
const PER_SUCCESS = 1;

/** How many further attempts a service may be bothered with: ten at once, and then one for ten answers. */
export class RetryBudget {
  private tenths = FULL;

  /** Attempts. */
  get left(): number {
    return this.tenths / ATTEMPT;
  }

  take(): boolean {
    if (this.tenths < ATTEMPT) return false;
    this.tenths -= ATTEMPT;
    return true;
  }

  succeeded(): void {
    this.tenths = Math.min(FULL, this.tenths + PER_SUCCESS);
  }
}
