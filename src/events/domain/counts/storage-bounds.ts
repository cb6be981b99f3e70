/** Each repeat needs a move of a bound between two statements; they move at most every few minutes. */
const MAX_ATTEMPTS = 5;

/** The times from which on PostgreSQL still holds facts and fine counts, epoch milliseconds. Both only move forward and are whole quarter-hours. */
export interface StorageBounds {
  /** Facts before it are no longer kept. */
  readonly retentionFloor: number;
  /** Counts per 2 seconds before it are no longer kept. */
  readonly fineHorizon: number;
}

/** The bounds of the last snapshot. An old value costs a repeat, never a wrong figure. */
export class LastSeenBounds {
  private bounds: StorageBounds = { retentionFloor: -Infinity, fineHorizon: -Infinity };

  /**
   * Asks a question that is planned by the bounds. It asks again while the snapshot that answered had other bounds, under
   * which the plan is another one.
   *
   * @param plan plain data
   * @param put one statement, so one snapshot: the answer and the bounds that belong to it
   */
  async ask<Plan, Answer>(
    plan: (bounds: StorageBounds) => Plan,
    put: (plan: Plan) => Promise<{ readonly bounds: StorageBounds; readonly answer: Answer }>,
  ): Promise<{ readonly plan: Plan; readonly bounds: StorageBounds; readonly answer: Answer }> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const planned = plan(this.bounds);
      const { bounds, answer } = await put(planned);
      this.bounds = bounds;
      if (JSON.stringify(planned) === JSON.stringify(plan(bounds))) return { plan: planned, bounds, answer };
    }
    throw new Error(`the storage bounds moved ${MAX_ATTEMPTS} times while one question was put`);
  }
}
