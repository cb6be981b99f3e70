import type { Journey, JourneySession } from '../../../../../journeys/application/answers/journey.answer.js';

/** The part of a journey that has come so far. */
export interface Walked {
  /** The last page: its figures are of the whole. */
  readonly journey: Journey;
  /** Oldest first. */
  readonly sessions: readonly JourneySession[];
}

/** Adds the next page of it. A session that was cut in two becomes one again. @param before null: this is the first page */
export function withPage(before: Walked | null, journey: Journey): Walked {
  const sessions = [...(before?.sessions ?? [])];
  const [first, ...others] = journey.sessions;
  const cut = sessions.at(-1);
  if (first === undefined) return { journey, sessions };
  if (!first.continued || cut === undefined) return { journey, sessions: [...sessions, ...journey.sessions] };
  const whole = { ...first, continued: cut.continued, events: [...cut.events, ...first.events] };
  return { journey, sessions: [...sessions.slice(0, -1), whole, ...others] };
}

/** Milliseconds from the end of all sessions before to the start of each session. Below 0 they overlap; the first one has 0. */
export function gapsBefore(sessions: readonly JourneySession[]): number[] {
  let ended = Infinity;
  return sessions.map(({ started_at, ended_at }) => {
    const gap = ended === Infinity ? 0 : Date.parse(started_at) - ended;
    ended = ended === Infinity ? Date.parse(ended_at) : Math.max(ended, Date.parse(ended_at));
    return gap;
  });
}

/** The place of an event in its session, in parts of it. */
export const placeIn = ({ started_at, duration_ms }: JourneySession, occurred_at: string): number =>
  duration_ms === 0 ? 0 : (Date.parse(occurred_at) - Date.parse(started_at)) / duration_ms;
