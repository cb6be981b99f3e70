import type { EventType } from '../../events/domain/incoming-event.js';
import type { TimeRange } from '../../events/domain/time-range.js';

/** How many events of a type and label (reaction of a vote, currency of a sale, else '') a window holds. */
export interface LabelledCount {
  readonly eventType: EventType;
  readonly label: string;
  readonly events: number;
  /** Sum of their amounts, an exact decimal. */
  readonly amount: string;
}

export interface WindowCounts {
  /** Without those that are zero. */
  readonly counts: readonly LabelledCount[];
  /** What was counted; wider than asked only when `exact` is false. */
  readonly window: TimeRange;
  /** False when the window reaches below the retention floor and was rounded outward to quarter-hours. */
  readonly exact: boolean;
}

export abstract class MetricsReader {
  /** Counts of a finite window, all from one snapshot. */
  abstract count(window: TimeRange): Promise<WindowCounts>;
}
