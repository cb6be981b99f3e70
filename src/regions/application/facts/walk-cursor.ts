import { EVENT_TYPES, type EventType } from '../../../events/domain/event-type.js';
import { decodeCursor, encodeCursor } from '../../../platform/opaque-cursor.js';
import type { FactPlace, FactWalk } from '../../domain/fact-walk.js';

export const encodeWalk = (walk: FactWalk): string => encodeCursor(walk, write);

/** @throws {InvalidCursor} */
export const decodeWalk = (cursor: string): FactWalk => decodeCursor(cursor, read, write);

const VERSION = '1';
const NONE = '-';
const DONE = '=';

function write({ history, horizon, unnumbered, numbered, conflicts, reach }: FactWalk): string {
  return [
    VERSION,
    history.system,
    history.timeline,
    horizon,
    unnumbered === 'done'
      ? DONE
      : joined(unnumbered && [unnumbered.occurredAt, unnumbered.eventKey, unnumbered.eventType]),
    joined(numbered && [numbered.tx, numbered.eventKey, numbered.eventType, numbered.occurredAt]),
    joined(conflicts && [conflicts.tx, conflicts.eventKey, conflicts.eventType, conflicts.fingerprint]),
    joined(reach && [reach.until, reach.from, reach.width]),
  ].join(' ');
}

const joined = (parts: readonly (string | number | bigint)[] | null): string => parts?.join('/') ?? NONE;

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const ID = '\\d{1,20}';
const MILLISECONDS = '-?\\d{1,15}';
const TYPE = `(?:${EVENT_TYPES.join('|')})`;
const WALK = new RegExp(
  `^${VERSION} (${ID}) ([0-9A-F]{8}) (${ID}) (${NONE}|${DONE}|${MILLISECONDS}/${UUID}/${TYPE}) ` +
    `(${NONE}|${ID}/${UUID}/${TYPE}/${MILLISECONDS}) (${NONE}|${ID}/${UUID}/${TYPE}/-?${ID}) (${NONE}|${ID}/${ID}/${ID})$`,
);

function read(text: string): FactWalk | null {
  const [, system = '', timeline = '', horizon = '', unnumbered, numbered, conflicts, reach] = WALK.exec(text) ?? [];
  if (reach === undefined) return null;
  return {
    history: { system, timeline },
    horizon: BigInt(horizon),
    unnumbered: unnumbered === DONE ? 'done' : parted(unnumbered, ([at, key, type]) => place(at, key, type)),
    numbered: parted(numbered, ([tx, key, type, at]) => ({ tx: BigInt(tx!), ...place(at, key, type) })),
    conflicts: parted(conflicts, ([tx, key, type, fingerprint]) => ({
      tx: BigInt(tx!),
      eventKey: key!,
      eventType: type as EventType,
      fingerprint: BigInt(fingerprint!),
    })),
    reach: parted(reach, ([until, from, width]) => ({
      until: BigInt(until!),
      from: BigInt(from!),
      width: BigInt(width!),
    })),
  };
}

const parted = <T>(text: string | undefined, make: (parts: readonly string[]) => T): T | null =>
  text === undefined || text === NONE ? null : make(text.split('/'));

const place = (at: string | undefined, key: string | undefined, type: string | undefined): FactPlace => ({
  occurredAt: Number(at),
  eventKey: key!,
  eventType: type as EventType,
});
