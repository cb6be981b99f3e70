import type { EventType } from '../domain/incoming-event.js';
import { TimeRange } from '../domain/time-range.js';
import type { EventFilter, InteractionWanted } from './events-reader.port.js';

/** Which events a client asks for, as it writes them; all of it together, null where it says nothing. */
export interface EventsWanted {
  readonly from: string | null;
  readonly to: string | null;
  readonly eventType: EventType | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly pageUrl: string | null;
  readonly label: string | null;
  readonly interaction: InteractionWanted | null;
}

/** @throws {InvalidTimeRange} */
export function filterOf({ from, to, ...wanted }: EventsWanted): EventFilter {
  const range = TimeRange.parse(from, to);
  // A page alone means its clicks: the heat map asks for them, and an index answers that.
  const clicksOfPage = wanted.pageUrl !== null && wanted.eventType === null && wanted.userId === null;
  if (!clicksOfPage) return { ...wanted, range };
  return { ...wanted, range, eventType: 'click', interaction: wanted.interaction ?? 'none' };
}
