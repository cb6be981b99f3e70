/** The budget is kept in tenths of an attempt, which add up exactly. */
const FULL = 100;
const ATTEMPT = 10;
const PER_SUCCESS = 1;

/** Bounds the further attempts at a service: ten at once, and then one for every ten answers. */
export class RetryBudget {
  private tenths = FULL;

  /** The number of attempts. */
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
