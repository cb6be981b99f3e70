import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Erasures } from '../../../events/application/erasures.port.js';
import type { Erasure } from '../../../events/domain/content/erasure-log.js';
import type { EventType } from '../../../events/domain/event-type.js';
import { EVENTS_LOCKS } from '../../../events/events.locks.js';
import { bytesArray, instantArray, textArray, uuidArray } from '../../../platform/postgres/binary/binary-array.js';
import { DatabaseClock } from '../../../platform/postgres/database-clock.js';
import { Database } from '../../../platform/postgres/database.js';
import { exclusiveTurn } from '../../../platform/postgres/exclusive-turn.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import { ErasureKeyUnfit } from '../../application/erasure-key.js';
import { type ErasureStanding, ErasureStore } from '../../application/erasure-store.port.js';
import * as sql from './erasures.sql.js';
import { ERASE_IDENTITIES, ERASE_THESE, NOTE_CHANGED_FACTS, PERSONS_OF } from './facts.sql.js';

const BEFORE_ALL = '';

@Injectable()
export class PostgresErasureStore extends ErasureStore {
  constructor(
    private readonly database: Database,
    private readonly databaseClock: DatabaseClock,
    private readonly erasures: Erasures,
  ) {
    super();
  }

  async keyFingerprint(): Promise<string | null> {
    const { rows } = await this.database.writers().query<{ fingerprint: string }>(sql.KEY);
    return rows[0]?.fingerprint ?? null;
  }

  async note(
    { person, idBytes }: Pick<Erasure, 'person' | 'idBytes'>,
    userId: string,
    keyFingerprint: string,
  ): Promise<void> {
    // The clock is read before the exclusive turn: whoever records waits for that turn, and may hold the connection that the
    // clock needs.
    const erasedAt = timestamp(await this.databaseClock.now());
    await this.change(keyFingerprint, (client) => client.query(sql.NOTE, [bytes(person), idBytes, erasedAt, userId]));
  }

  async take(erasures: readonly Erasure[], keyFingerprint: string): Promise<void> {
    if (erasures.length === 0) return;
    const values = [
      bytesArray(erasures.map(({ person }) => bytes(person))),
      erasures.map(({ idBytes }) => idBytes),
      instantArray(erasures.map(({ erasedAt }) => erasedAt)),
    ];
    const { rows } = await this.database.writers().query<{ new: boolean }>(sql.IS_NEW, values);
    if (rows[0]?.new) await this.change(keyFingerprint, (client) => client.query(sql.TAKE, values));
  }

  async page(after: string | null, limit: number): Promise<readonly Erasure[]> {
    const values = [bytes(after ?? BEFORE_ALL), limit];
    return this.database.read<Erasure & Record<string, unknown>>({ text: sql.PAGE, values });
  }

  async standing(person: string): Promise<ErasureStanding | null> {
    const { rows } = await this.database.writers().query<ErasureStanding & object>(sql.STANDING, [bytes(person)]);
    return rows[0] ?? null;
  }

  async eraseTwins(identities: readonly { readonly eventKey: string; readonly eventType: EventType }[]): Promise<void> {
    const { rows } = await this.database
      .writers()
      .query<OwnedFact>(PERSONS_OF, [
        uuidArray(identities.map(({ eventKey }) => eventKey)),
        textArray(identities.map(({ eventType }) => eventType)),
      ]);
    if (rows.length === 0) return;
    await this.erasures.refresh();
    const erased = rows.filter(({ userId }) => this.erasures.log.holds(userId)).sort(byIdentity);
    if (erased.length === 0) return;
    const keys = uuidArray(erased.map(({ eventKey }) => eventKey));
    const types = textArray(erased.map(({ eventType }) => eventType));
    await this.database.transaction(async (client) => {
      await client.query(ERASE_THESE, [keys, types, instantArray(erased.map(({ occurredAt }) => occurredAt))]);
      await client.query(ERASE_IDENTITIES, [keys, types]);
      await client.query(NOTE_CHANGED_FACTS);
    });
  }

  private change(keyFingerprint: string, work: (client: PoolClient) => Promise<unknown>): Promise<unknown> {
    return exclusiveTurn(this.database, EVENTS_LOCKS.recording, async (client) => {
      await client.query(sql.CLAIM_KEY, [keyFingerprint]);
      const { rows } = await client.query<{ fingerprint: string }>(sql.KEY);
      if (rows[0]?.fingerprint !== keyFingerprint) throw new ErasureKeyUnfit('erasure_key_changed');
      return work(client);
    });
  }
}

interface OwnedFact {
  readonly eventKey: string;
  readonly eventType: EventType;
  readonly userId: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
}

/** All who erase lock in this order. */
const byIdentity = (one: OwnedFact, other: OwnedFact): number =>
  one.eventKey !== other.eventKey ? (one.eventKey < other.eventKey ? -1 : 1) : one.eventType < other.eventType ? -1 : 1;

const bytes = (hexadecimal: string): Buffer => Buffer.from(hexadecimal, 'hex');
