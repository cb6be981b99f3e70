import type { Intake } from '../domain/intake.js';
import type { Verdict } from '../domain/verdict.js';

/** Counts what became of events, by intake and verdict: accepted = recorded + duplicate + rejected. */
export abstract class EventCounters {
  abstract count(intake: Intake, verdicts: readonly Verdict[]): void;
}
