/** Readings of the same table may end in another order than they began: one that began later counts. */
export class Readings {
  private begun = 0;
  private applied = 0;

  /** To be called as a reading begins. @returns what tells, at its end, whether it still counts */
  begin(): () => boolean {
    const reading = ++this.begun;
    return () => {
      if (reading < this.applied) return false;
      this.applied = reading;
      return true;
    };
  }
}
