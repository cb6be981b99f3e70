import { Injectable } from '@nestjs/common';
import { MAX_EVENT_BYTES } from '../../../events/domain/parsing/strict-json.js';
import type { RejectionReason } from '../../../events/domain/rejection.js';
import { textArray, uuidArray } from '../../../platform/postgres/binary/binary-array.js';
import { DatabaseClock } from '../../../platform/postgres/database-clock.js';
import { Database } from '../../../platform/postgres/database.js';
import {
  type ClaimedLetter,
  DeadLetterReplays,
  type LetterStanding,
  type OpenLetter,
  type ReplayOutcome,
} from '../../application/dead-letter-replays.port.js';
import type { DeadLetterPosition } from '../../application/dead-letters-reader.port.js';
import { timeOf } from './broker-times.js';
import { CLAIM, CONCLUDE, OPEN_LETTERS, RELEASE, STANDING_OF } from './dead-letters.sql.js';
import { propertiesOf } from './postgres-dead-letters-reader.js';
import { printableAscii } from './printable-ascii.js';

/** This is longer than a replay takes as a rule (10 s of waiting by default, and then statements of 30 s at most). */
const CLAIM_MS = 60_000;
const BEFORE_ALL: DeadLetterPosition = { firstSeen: 0, id: '00000000-0000-0000-0000-000000000000' };

interface ClaimedRow {
  readonly id: string;
  readonly origin_key: string;
  readonly reason: RejectionReason;
  readonly topic: string;
  readonly message_id: string;
  readonly published_at: number | null;
  readonly event_time: number | null;
  readonly event_time_text: string | null;
  readonly first_seen: number;
  readonly properties: Buffer | null;
  readonly payload: Buffer | null;
  readonly payload_bytes: number;
  readonly unopened: boolean;
  readonly recorded_as: string | null;
}

@Injectable()
export class PostgresDeadLetterReplays extends DeadLetterReplays {
  constructor(
    private readonly database: Database,
    private readonly databaseClock: DatabaseClock,
  ) {
    super();
  }

  async open(
    { reason, topic }: { readonly reason: RejectionReason; readonly topic: string | null },
    after: DeadLetterPosition | null,
    limit: number,
  ): Promise<readonly OpenLetter[]> {
    const { firstSeen, id } = after ?? BEFORE_ALL;
    const rows = await this.database.read<{ id: string; first_seen: number; payload_bytes: number }>({
      text: OPEN_LETTERS,
      values: [reason, topic, new Date(firstSeen), id, limit],
    });
    return rows.map((row) => ({ id: row.id, firstSeen: row.first_seen, payloadBytes: row.payload_bytes }));
  }

  async claim(ids: readonly string[]): Promise<readonly ClaimedLetter[]> {
    const { rows } = await this.database.writers().query<ClaimedRow>({
      text: CLAIM,
      values: [uuidArray(ids), CLAIM_MS, MAX_EVENT_BYTES],
    });
    const letters = rows.map((row) => ({
      id: row.id,
      originKey: row.origin_key,
      reason: row.reason,
      topic: row.topic,
      messageId: row.message_id,
      // No event can be judged as one from the year 12000. So the time is that when it was first seen, which a redelivery
      // does not change.
      publishedAt: row.published_at ?? row.first_seen,
      eventTime: timeOf(row.event_time, row.event_time_text),
      properties: propertiesOf(row.properties),
      payload: row.payload,
      payloadBytes: row.payload_bytes,
      unopened: row.unopened,
      recordedAs: row.recorded_as,
    }));
    // The letters come in the order of arrival, as they were asked for. Of two letters with one id the first is recorded.
    const place = new Map(ids.map((id, index) => [id, index]));
    return letters.sort((a, b) => place.get(a.id)! - place.get(b.id)!);
  }

  async conclude(outcomes: readonly ReplayOutcome[]): Promise<readonly LetterStanding[]> {
    const refusals = outcomes.map((outcome) => ('refusal' in outcome ? outcome.refusal : null));
    const { rows } = await this.database.writers().query<LetterStanding>({
      text: CONCLUDE,
      values: [
        uuidArray(outcomes.map(({ id }) => id)),
        textArray(outcomes.map((outcome) => ('recordedAs' in outcome ? outcome.recordedAs : null))),
        textArray(refusals.map((refusal) => refusal && refusal.reason)),
        textArray(refusals.map((refusal) => refusal && printableAscii(refusal.detail))),
        new Date(await this.databaseClock.now()),
      ],
    });
    return rows;
  }

  async release(ids: readonly string[]): Promise<void> {
    await this.database.writers().query({ text: RELEASE, values: [uuidArray(ids)] });
  }

  async standing(id: string): Promise<LetterStanding | null> {
    const [row] = await this.database.read<LetterStanding>({ text: STANDING_OF, values: [id] });
    return row ?? null;
  }
}
