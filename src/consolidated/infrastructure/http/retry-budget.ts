const FULL = 10;
const PER_SUCCESS = 0.1;

/** How many further attempts a service may be bothered with: a few at once, and then one for ten answers. */
export class RetryBudget {
  private tokens = FULL;

  get left(): number {
    return this.tokens;
  }

  take(): boolean {
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  succeeded(): void {
    this.tokens = Math.min(FULL, this.tokens + PER_SUCCESS);
  }
}
