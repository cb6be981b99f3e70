import type { Client, QueryResultRow } from 'pg';
import { EVENTS_LOCKS } from '../../../events/events.locks.js';
import { erasedContent } from '../../../events/domain/content/erased-content.js';
import { eventKeyOf } from '../../../events/domain/event-identity.js';
import { bigintArray, bytesArray, textArray, uuidArray } from '../../../platform/postgres/binary/binary-array.js';
import type { Database } from '../../../platform/postgres/database.js';
import { exclusiveTurn } from '../../../platform/postgres/exclusive-turn.js';
import { rollBack, transaction } from '../../../platform/postgres/session.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import type { ErasureKey } from '../../application/erasure-key.js';
import {
  type ErasedFacts,
  ErasureClaim,
  type FactPlace,
  type NamedErasure,
  type OpenErasure,
} from '../../application/erasing/erasure-work.port.js';
import type { HeldConflict, HeldLetters, LetterPlace } from '../../application/held-letters.js';
import { failpoint } from '../../people.failpoints.js';
import { ERASE_CONFLICTS, NEXT_CONFLICTS } from './conflicts.sql.js';
import { COUNT, FINISH, KEY, OPEN, RAISE } from './erasures.sql.js';
import {
  ERASE_FACTS,
  ERASE_IDENTITIES,
  NEXT_FACTS,
  NOTE_CHANGED_FACTS,
  PARTITIONS,
  USERS_OF_HASHES,
} from './facts.sql.js';
import { lettersPage } from './letters-page.js';
import { ERASE_BINDINGS, ERASE_LETTERS, FORGET_IDS_OF_BINDINGS, FORGET_IDS_OF_LETTERS } from './letters.sql.js';

/** A portion is about 50 ms of PostgreSQL's work. A redelivery that needs one of these rows waits no longer than that. */
const FACTS_AT_ONCE = 1_000;
const CONFLICTS_AT_ONCE = 500;
const BEFORE_ALL: FactPlace = { occurredAt: '-infinity', eventKey: '00000000-0000-0000-0000-000000000000' };
const BEFORE_ALL_CONFLICTS = { eventKey: BEFORE_ALL.eventKey, eventType: '', fingerprint: '0' };
/**
 * A producer's clock may be ahead by this much. If an event says that it was received later still, its copies in other
 * regions stay.
 */
const LATEST_MS = 86_400_000;

export class PostgresErasureClaim extends ErasureClaim {
  constructor(
    private readonly client: Client,
    private readonly database: Database,
    private readonly key: ErasureKey,
    private readonly end: () => Promise<void>,
  ) {
    super();
  }

  release(): Promise<void> {
    return this.end();
  }

  open(): Promise<readonly OpenErasure[]> {
    return this.ask<OpenErasure & object>(OPEN, []);
  }

  async named(erasures: readonly OpenErasure[]): Promise<readonly NamedErasure[]> {
    const known = new Map(
      erasures.flatMap(({ person, userId }) => (userId === null ? [] : [[person, userId] as const])),
    );
    const unnamed = erasures.filter(({ userId }) => userId === null).map(({ person }) => person);
    if (unnamed.length > 0) {
      const [row] = await this.ask<{ fingerprint: string }>(KEY, []);
      const { inner, outer } = this.key.fitting(row?.fingerprint ?? null).pads;
      const hashes = bytesArray(unnamed.map(bytes));
      for (const { name } of await this.ask<{ name: string }>(PARTITIONS, [])) {
        const values = [inner, outer, hashes];
        const found = await this.ask<{ userId: string; person: string }>(USERS_OF_HASHES(name), values);
        for (const { person, userId } of found) known.set(person, userId);
      }
    }
    return erasures.flatMap((erasure) => {
      const userId = known.get(erasure.person);
      return userId === undefined ? [] : [{ ...erasure, userId }];
    });
  }

  async eraseFacts({ person, userId, tx, erasedAt }: NamedErasure, after: FactPlace | null): Promise<ErasedFacts> {
    const from = after ?? BEFORE_ALL;
    const places = await this.ask<FactPlace & object>(NEXT_FACTS, [
      userId,
      from.occurredAt,
      from.eventKey,
      FACTS_AT_ONCE,
    ]);
    const last = places.at(-1);
    if (!last) return { latest: -Infinity, next: null };
    const range = [from.occurredAt, from.eventKey, last.occurredAt, last.eventKey];
    const erased = await this.transaction(async () => {
      const facts = await this.ask<ErasedFact>(ERASE_FACTS, [userId, ...range, tx, timestamp(erasedAt)]);
      await failpoint('in_erasure_portion');
      facts.sort(byIdentity);
      await this.client.query(ERASE_IDENTITIES, [
        uuidArray(facts.map(({ eventKey }) => eventKey)),
        textArray(facts.map(({ eventType }) => eventType)),
      ]);
      await this.count(person, { events: facts.length });
      if (facts.length > 0) await this.client.query(NOTE_CHANGED_FACTS);
      return facts;
    });
    const latest = erased.reduce((most, { receivedAt }) => Math.max(most, receivedAt), -Infinity);
    return { latest, next: places.length < FACTS_AT_ONCE ? null : last };
  }

  async raise({ person, erasedAt }: OpenErasure, latest: number): Promise<void> {
    const raised = timestamp(Math.min(latest, erasedAt + LATEST_MS));
    await exclusiveTurn(this.database, EVENTS_LOCKS.recording, (client) =>
      client.query(RAISE, [bytes(person), raised]),
    );
  }

  letters(after: LetterPlace | null, userIds: readonly string[] | null): Promise<HeldLetters> {
    return lettersPage((text, values) => this.ask(text, values), after, userIds);
  }

  async eraseLetters(
    letters: readonly { readonly id: string; readonly person: string; readonly eventId: string | null }[],
  ): Promise<void> {
    const values = [
      uuidArray(letters.map(({ id }) => id)),
      textArray(letters.map(({ eventId }) => eventId && eventKeyOf(eventId))),
    ];
    await this.transaction(async () => {
      await this.client.query(ERASE_LETTERS, values);
      await this.client.query(ERASE_BINDINGS, values);
      for (const [person, deadLetters] of numbers(letters)) await this.count(person, { deadLetters });
    });
  }

  async forgetEventIds(letters: readonly { readonly id: string; readonly eventId: string }[]): Promise<void> {
    const values = [
      uuidArray(letters.map(({ id }) => id)),
      uuidArray(letters.map(({ eventId }) => eventKeyOf(eventId))),
    ];
    await this.transaction(async () => {
      await this.client.query(FORGET_IDS_OF_LETTERS, values);
      await this.client.query(FORGET_IDS_OF_BINDINGS, values);
    });
  }

  conflicts(after: HeldConflict | null): Promise<readonly HeldConflict[]> {
    const { eventKey, eventType, fingerprint } = after ?? BEFORE_ALL_CONFLICTS;
    return this.ask<HeldConflict & object>(NEXT_CONFLICTS, [eventKey, eventType, fingerprint, CONFLICTS_AT_ONCE]);
  }

  async eraseConflicts(
    conflicts: readonly { readonly conflict: HeldConflict; readonly person: string }[],
  ): Promise<void> {
    const left = conflicts.map(({ conflict }) => erasedContent(conflict.content));
    const values = [
      uuidArray(conflicts.map(({ conflict }) => conflict.eventKey)),
      textArray(conflicts.map(({ conflict }) => conflict.eventType)),
      bigintArray(conflicts.map(({ conflict }) => BigInt(conflict.fingerprint))),
      bigintArray(left.map(({ fingerprint }) => fingerprint)),
      textArray(left.map(({ text }) => text)),
    ];
    await this.transaction(async () => {
      await this.client.query(ERASE_CONFLICTS, values);
      for (const [person, contents] of numbers(conflicts)) await this.count(person, { conflicts: contents });
    });
  }

  async finish({ person, version }: OpenErasure): Promise<void> {
    await failpoint('before_erasure_done');
    await this.client.query(FINISH, [bytes(person), version]);
  }

  private count(person: string, { events = 0, deadLetters = 0, conflicts = 0 }): Promise<unknown> {
    return this.client.query(COUNT, [bytes(person), events, deadLetters, conflicts]);
  }

  private async ask<Row extends QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> {
    return (await this.client.query<Row>(text, values)).rows;
  }

  private async transaction<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await transaction(this.client, work);
    } catch (error) {
      await rollBack(this.client);
      throw error;
    }
  }
}

interface ErasedFact {
  readonly eventKey: string;
  readonly eventType: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** All who erase lock in this order. */
const byIdentity = (one: ErasedFact, other: ErasedFact): number =>
  one.eventKey !== other.eventKey ? (one.eventKey < other.eventKey ? -1 : 1) : one.eventType < other.eventType ? -1 : 1;

/** How many rows of each person were erased, sorted by person. */
function numbers(erased: readonly { readonly person: string }[]): [string, number][] {
  const of = new Map<string, number>();
  for (const { person } of erased) of.set(person, (of.get(person) ?? 0) + 1);
  return [...of].sort(([one], [other]) => (one < other ? -1 : 1));
}

const bytes = (hexadecimal: string): Buffer => Buffer.from(hexadecimal, 'hex');
