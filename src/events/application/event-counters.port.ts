import type { IncomingEvent } from '../domain/incoming-event.js';
import type { Verdict } from '../domain/verdict.js';

/** Counts what became of events, by intake, type and verdict: accepted = recorded + duplicate + rejected. */
export abstract class EventCounters {
  abstract count(events: readonly IncomingEvent[], verdicts: readonly Verdict[]): void;
}
