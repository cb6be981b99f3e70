import type { EventView } from '../../../../../events/application/answers/event.answer.js';

/** Without a session's id, one that was silent for so long has left. */
const LEFT_AFTER_MS = 30 * 60_000;

export interface UserSession {
  readonly id: string | null;
  /** Oldest first. */
  readonly events: readonly EventView[];
}

const at = ({ occurred_at }: EventView) => Date.parse(occurred_at);

export const lengthOf = ({ events }: UserSession): number => at(events.at(-1)!) - at(events[0]!);

/** From the end of the one to the start of the other, milliseconds; below 0 they overlap. */
export const gapBetween = (one: UserSession, other: UserSession): number =>
  at(other.events[0]!) - at(one.events.at(-1)!);

/** Oldest first. @param events oldest first */
export function sessionsOf(events: readonly EventView[]): UserSession[] {
  const sessions: { id: string | null; events: EventView[] }[] = [];
  const byId = new Map<string, { id: string | null; events: EventView[] }>();
  for (const event of events) {
    const id = event.session_id;
    const last = sessions.at(-1);
    const goesOn =
      id !== null
        ? byId.get(id)
        : last?.id === null && at(event) - at(last.events.at(-1)!) <= LEFT_AFTER_MS
          ? last
          : undefined;
    if (goesOn !== undefined) {
      goesOn.events.push(event);
      continue;
    }
    const begun = { id, events: [event] };
    sessions.push(begun);
    if (id !== null) byId.set(id, begun);
  }
  return sessions;
}
