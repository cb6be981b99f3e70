import { Injectable } from '@nestjs/common';
import { bulkhead, ExponentialBackoff, handleAll, retry } from 'cockatiel';
import { v7 } from 'uuid';
import { type DeadLetter, DeadLetterStore } from '../../../events/application/dead-letter-store.port.js';
import { Erasures, LOG_LOCK, LOG_VERSION } from '../../../events/application/erasures.port.js';
import { eventTypeOf } from '../../../events/application/topic-of.js';
import type { ErasureLog } from '../../../events/domain/content/erasure-log.js';
import { EVENTS_LOCKS } from '../../../events/events.locks.js';
import { EVENTS_VARIABLES } from '../../../events/events.variables.js';
import { inTurns } from '../../../platform/turns/in-turns.js';
import { Config } from '../../../platform/config/config.js';
import { failpoint } from '../../dead-letters.failpoints.js';
import { Logger } from '../../../platform/observability/logger.js';
import { bytesArray, instantArray, textArray, uuidArray } from '../../../platform/postgres/binary/binary-array.js';
import { DatabaseClock } from '../../../platform/postgres/database-clock.js';
import { Database } from '../../../platform/postgres/database.js';
import { type StuckWrite, StuckWrites } from '../../../platform/postgres/stuck-writes.js';
import { heldBytes } from '../../../platform/pulsar/held-bytes.js';
import { untilAborted } from '../../../platform/until-aborted.js';
import { namesOfUser, personOfLetter } from '../../domain/letter-person.js';
import { portions } from '../../domain/portions.js';
import { storedTime } from './broker-times.js';
import { printableAscii } from './printable-ascii.js';

/** A statement carries at most this many bytes that senders chose, or one letter. */
const MAX_STATEMENT_BYTES = 2 * 1024 * 1024;

/** All values are bytes, UUIDs, times, or ASCII that we wrote ourselves, so that no input can make this statement fail. */
const ADD_DEAD_LETTERS = `
  insert into dead_letters as letter (id, origin_key, reason, detail, topic, message_id, message_key, published_at, published_at_text, event_time, event_time_text, properties, payload, envelope, schema_version, first_seen, attempts, state)
  select id, origin_key, reason, detail, topic, message_id, message_key, published_at, published_at_text, event_time, event_time_text, properties, payload, envelope, schema_version, first_seen, 1, state
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::timestamptz[], $9::text[], $10::timestamptz[], $11::text[], $12::bytea[], $13::bytea[], $14::bytea[], $15::bytea[], $16::timestamptz[], $17::text[])
    as l (id, origin_key, reason, detail, topic, message_id, message_key, published_at, published_at_text, event_time, event_time_text, properties, payload, envelope, schema_version, first_seen, state)
  on conflict (origin_key) do update set attempts = letter.attempts + 1`;

@Injectable()
export class PostgresDeadLetterStore extends DeadLetterStore {
  private readonly write: StuckWrite;
  /**
   * Only one statement is written out at a time, because it takes several times its bytes. A statement that only waits for a
   * connection would take them, too.
   */
  private readonly turns = bulkhead(1, Infinity);

  constructor(
    private readonly database: Database,
    private readonly databaseClock: DatabaseClock,
    private readonly erasures: Erasures,
    private readonly config: Config,
    private readonly logger: Logger,
    stuck: StuckWrites,
  ) {
    super();
    this.write = stuck.watch('dead letters');
  }

  async add(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void> {
    const policy = retry(handleAll, {
      maxAttempts: Infinity,
      backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 5_000 }),
    });
    policy.onFailure(({ reason }) => {
      const error = 'error' in reason ? reason.error : reason;
      this.write.failed(error);
      this.logger.warn({ err: error }, 'dead letters cannot be stored, trying again');
    });
    policy.onSuccess(() => this.write.succeeded());
    for (const portion of portions(distinct(letters), letterBytes, MAX_STATEMENT_BYTES)) {
      const stored = await untilAborted(
        policy.execute(() => this.turns.execute(() => this.insert(portion)), signal),
        signal,
      );
      for (const { reason, topic, messageId, detail, state } of stored) {
        this.logger.warn({ reason, topic, messageId, detail: detail && printableAscii(detail), state }, 'dead letter');
      }
    }
  }

  private async insert(letters: readonly DeadLetter[]): Promise<readonly StoredLetter[]> {
    // Their retention counts from this time, so no replica's clock decides.
    const now = await this.databaseClock.now();
    await failpoint('in_dead_letter_write');
    for (;;) {
      const { log } = this.erasures;
      const { version } = log;
      const stored: StoredLetter[] = [];
      for (const letter of letters) stored.push(await this.byLog(letter, log));
      if (await this.insertByLog(stored, now, version)) return stored;
      await this.erasures.refresh();
    }
  }

  /** A letter whose person was erased after it was published is stored without its bytes. */
  private async byLog(letter: DeadLetter, log: ErasureLog): Promise<StoredLetter> {
    const { publishedAt, topic, payload, messageKey, properties, envelope } = letter;
    const kept = { ...letter, state: 'open' } as const;
    if (!(publishedAt <= log.latest)) return kept;
    const names = namesOfUser(eventTypeOf(topic, this.config), this.config.of(EVENTS_VARIABLES).EVENT_SYNONYMS);
    const content = {
      payload,
      key: messageKey === null ? null : Buffer.from(messageKey),
      properties: Buffer.from(JSON.stringify(properties)),
      envelope,
    };
    const wanted = { has: (userId: string) => log.isErased(userId, publishedAt), idLengths: log.idLengths };
    const person = await inTurns(personOfLetter(content, names, wanted));
    return person === null ? kept : { ...letter, ...NOTHING_LEFT };
  }

  /** @returns false if somebody was erased after the log was read; then nothing is stored */
  private insertByLog(letters: readonly StoredLetter[], now: number, version: number): Promise<boolean> {
    return this.database.transaction(async (client) => {
      await client.query(LOG_LOCK, [EVENTS_LOCKS.recording]);
      const { rows } = await client.query<{ version: number }>(LOG_VERSION);
      if (rows[0]!.version !== version) return false;
      await client.query({ name: 'add-dead-letters', text: ADD_DEAD_LETTERS, values: columns(letters, now) });
      return true;
    });
  }
}

/** The letter as it is kept. */
interface StoredLetter extends Omit<DeadLetter, 'detail' | 'properties'> {
  readonly detail: string | null;
  readonly properties: DeadLetter['properties'] | null;
  readonly state: 'open' | 'erased';
}

/** The columns of an erased letter (people/infrastructure/postgres/letters.sql.ts empties the same). */
const NOTHING_LEFT = {
  detail: null,
  messageKey: null,
  properties: null,
  payload: Buffer.alloc(0),
  envelope: null,
  schemaVersion: null,
  state: 'erased',
} as const;

/** Parameters of ADD_DEAD_LETTERS. */
const columns = (letters: readonly StoredLetter[], now: number): Buffer[] => [
  // The numbers keep letters of one millisecond in the order of arrival, by which they are replayed.
  uuidArray(letters.map((_, seq) => v7({ msecs: now, seq }))),
  uuidArray(letters.map((letter) => letter.originKey)),
  textArray(letters.map((letter) => letter.reason)),
  textArray(letters.map(({ detail }) => detail && printableAscii(detail))),
  textArray(letters.map((letter) => printableAscii(letter.topic))),
  textArray(letters.map((letter) => printableAscii(letter.messageId))),
  bytesArray(letters.map((letter) => (letter.messageKey === null ? null : Buffer.from(letter.messageKey)))),
  ...timeColumns(letters.map((letter) => letter.publishedAt)),
  ...timeColumns(letters.map((letter) => letter.eventTime)),
  bytesArray(letters.map(({ properties }) => properties && Buffer.from(JSON.stringify(properties)))),
  bytesArray(letters.map((letter) => letter.payload)),
  bytesArray(letters.map((letter) => letter.envelope)),
  bytesArray(letters.map((letter) => letter.schemaVersion)),
  instantArray(letters.map(() => now)),
  textArray(letters.map((letter) => letter.state)),
];

const letterBytes = ({ payload, messageKey, properties, envelope, schemaVersion }: DeadLetter) =>
  heldBytes({ data: payload, key: messageKey, properties }) + (envelope?.length ?? 0) + (schemaVersion?.length ?? 0);

/** An instant and a text for each time. */
function timeColumns(times: readonly (number | null)[]): Buffer[] {
  const stored = times.map(storedTime);
  return [instantArray(stored.map(({ instant }) => instant)), textArray(stored.map(({ text }) => text))];
}

/** Leaves one row for each origin in a statement, because `on conflict do update` refuses to touch a row twice (21000). */
const distinct = (letters: readonly DeadLetter[]): DeadLetter[] => [
  ...new Map(letters.map((letter) => [letter.originKey, letter])).values(),
];
