import type { PoolClient } from 'pg';
import { textArray, uuidArray } from '../../../../platform/postgres/binary/binary-array.js';
import type { TrackedEvent } from '../../../domain/tracked-event.js';
import { keyColumns } from './event-rows.js';
import { BIND_LETTERS, FIND_LETTERS, TAKE_IDENTITIES_BACK } from './record-events.sql.js';

/** An event that a dead letter is to become. */
export type Replayed = TrackedEvent & { readonly deadLetterId: string };

export const isReplayed = (event: TrackedEvent): event is Replayed => event.deadLetterId !== null;

const NONE: ReadonlyMap<TrackedEvent, string | null> = new Map();

/**
 * Binds dead letters to the events that they become, in the transaction that records these. The first to commit wins, even
 * over an attempt that was given up, killed or stopped and goes on later. The identities of the others are taken back.
 *
 * @param fresh whose identities this transaction has made
 * @returns what the letters of those others became before; null: that is no longer there
 */
export async function bindLetters(
  client: PoolClient,
  fresh: readonly TrackedEvent[],
): Promise<ReadonlyMap<TrackedEvent, string | null>> {
  const replayed = fresh.filter(isReplayed);
  if (replayed.length === 0) return NONE;
  // One lock order for all who bind letters.
  replayed.sort((a, b) => (a.deadLetterId < b.deadLetterId ? -1 : 1));
  const bound = await client.query<Binding>(BIND_LETTERS, [
    uuidArray(replayed.map(({ deadLetterId }) => deadLetterId)),
    textArray(replayed.map(({ eventId }) => eventId)),
  ]);
  const ours = new Map(bound.rows.map((row) => [row.letter_id, row.event_id]));
  const others = replayed.filter(({ deadLetterId, eventId }) => ours.get(deadLetterId) !== eventId);
  if (others.length === 0) return NONE;
  await client.query(TAKE_IDENTITIES_BACK, keyColumns(others));
  const found = await client.query<Binding>(FIND_LETTERS, [uuidArray(others.map(({ deadLetterId }) => deadLetterId))]);
  const became = new Map(found.rows.map((row) => [row.letter_id, row.event_id]));
  return new Map(others.map((event) => [event, became.get(event.deadLetterId) ?? null]));
}

interface Binding {
  readonly letter_id: string;
  readonly event_id: string;
}
