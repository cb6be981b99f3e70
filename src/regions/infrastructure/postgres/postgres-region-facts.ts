import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { CustomTypesConfig, QueryConfig, QueryResultRow } from 'pg';
import type { EventType } from '../../../events/domain/event-type.js';
import { TooLate } from '../../../platform/clock/in-time.js';
import { Config } from '../../../platform/config/config.js';
import { Logger } from '../../../platform/observability/logger.js';
import { Database } from '../../../platform/postgres/database.js';
import { DatabaseUnavailable } from '../../../platform/postgres/database-unavailable.js';
import { KeptConnection } from '../../../platform/postgres/kept-connection.js';
import { sqlState, tookTooLong } from '../../../platform/postgres/sql-state.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import {
  type Bounds,
  type ConflictSlice,
  type FactSlice,
  type Moment,
  RegionFacts,
  type Wanted,
} from '../../application/facts/region-facts.port.js';
import { FACT_COLUMNS, type FactRow } from '../../domain/fact-row.js';
import type { ConflictPlace, FactPlace, NumberedPlace } from '../../domain/fact-walk.js';
import * as sql from './region-facts.sql.js';

/** Pages may take too long to write as text: older versions kept facts with numbers of 309 digits. */
const FEWER_ROWS = 16;

/** A walk takes minutes, while others record. */
const PREPARE_EVERY_MS = 5_000;
/** After a failure: until the index is up to date, a page of a million new facts takes 300 ms instead of 17. */
const PREPARE_AGAIN_MS = 1_000;
const LOCK_WAIT_MS = 200;
const LOCK_NOT_AVAILABLE = '55P03';
/**
 * A vacuum holds the lock, and takes half a minute for a million new facts. PostgreSQL's own vacuum gives way to whoever has waited for
 * `deadlock_timeout` (1 s), and begins again later. It is made to give way seldom, so that it ends where merges are frequent.
 */
const LONG_LOCK_WAIT_MS = 2_000;
const LONG_WAIT_EVERY_MS = 3_600_000;

/**
 * Settings of its planner. The planner knows a range of transactions only by statistics. These are old where events come in,
 * so it would read whole weeks for each page, or start other processes for it: their start took a third of the time of a page.
 */
const PLANNING = { enable_seqscan: 'off', jit: 'off', max_parallel_workers_per_gather: '0' } as const;

/** It runs on a connection of its own, so that merges and readers of figures do not wait for each other. */
@Injectable()
export class PostgresRegionFacts extends RegionFacts implements OnApplicationShutdown {
  private readonly connection: KeptConnection;
  /** The walk that was asked for before. */
  private before: Promise<unknown> = Promise.resolve();
  /** On the clock of `performance.now()`. */
  private prepareAt = -Infinity;
  private waitLongAt = -Infinity;

  constructor(
    private readonly database: Database,
    config: Config,
    private readonly logger: Logger,
  ) {
    super();
    const { READ_TIMEOUT_MS } = config.settings;
    const address = () => config.current('DATABASE_URL') ?? undefined;
    this.connection = new KeptConnection(address, 'regions', READ_TIMEOUT_MS, PLANNING);
  }

  onApplicationShutdown(): Promise<void> {
    return this.connection.close();
  }

  /** Vacuum would do this later by itself. Until then each page reads all that was recorded since. */
  async prepare(begins: boolean): Promise<void> {
    const now = performance.now();
    if (!begins && now < this.prepareAt) return;
    this.prepareAt = now + PREPARE_EVERY_MS;
    try {
      await this.summarize(LOCK_WAIT_MS).catch((error: unknown) => {
        if (!begins || now < this.waitLongAt || sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
        this.waitLongAt = now + LONG_WAIT_EVERY_MS;
        return this.summarize(LONG_LOCK_WAIT_MS);
      });
    } catch (error) {
      this.prepareAt = performance.now() + PREPARE_AGAIN_MS;
      this.logger.info({ err: error }, 'the index of transactions could not be brought up to date: pages take longer');
    }
  }

  private summarize(lockWaitMs: number): Promise<void> {
    return this.database.session(async (client) => {
      await client.query(`set lock_timeout = ${lockWaitMs}`);
      await client.query(sql.SUMMARIZE);
      await client.query('reset lock_timeout');
    });
  }

  async moment(signal?: AbortSignal): Promise<Moment> {
    const [holder] = await this.read<HolderRow>({ name: 'region-holder', text: sql.HOLDER }, signal);
    const [row] = await this.read<EndedRow>({ name: 'region-ended', text: sql.ENDED }, signal);
    const { as_of, held_ms, held_by } = holder!;
    const { system, timeline, ended, next, floor } = row!;
    return {
      history: { system, timeline },
      ended: BigInt(ended),
      next: BigInt(next),
      asOf: as_of,
      floor,
      heldBack: held_ms === null ? null : { ms: held_ms, by: held_by ?? 'somebody else' },
    };
  }

  async isThere({ occurredAt, eventKey, eventType, tx }: NumberedPlace, signal?: AbortSignal): Promise<boolean> {
    const values = [timestamp(occurredAt), eventKey, eventType, String(tx)];
    const [row] = await this.read<{ there: boolean }>({ text: sql.IS_THERE, values }, signal);
    return row!.there;
  }

  async isConflictThere({ eventKey, eventType, fingerprint, tx }: ConflictPlace, signal?: AbortSignal) {
    const values = [eventKey, eventType, String(fingerprint), String(tx)];
    const [row] = await this.read<{ there: boolean }>({ text: sql.IS_CONFLICT_THERE, values }, signal);
    return row!.there;
  }

  unnumbered(
    { horizon, after }: { readonly horizon: bigint; readonly after: FactPlace | null },
    wanted: Wanted,
    signal?: AbortSignal,
  ): Promise<FactSlice<FactPlace>> {
    const position = after ? [timestamp(after.occurredAt), after.eventKey, after.eventType] : [null, null, null];
    return this.page(sql.UNNUMBERED_FACTS, wanted, [String(horizon), ...position], placeOf, signal);
  }

  numbered(
    { from, before, after }: { readonly from: bigint; readonly before: bigint; readonly after: NumberedPlace | null },
    wanted: Wanted,
    signal?: AbortSignal,
  ): Promise<FactSlice<NumberedPlace>> {
    const position = after ? [String(after.tx), after.eventKey, after.eventType] : [null, null, null];
    const values = [String(from), String(before), ...position];
    return this.page(sql.NUMBERED_FACTS, wanted, values, (row) => ({ ...placeOf(row), tx: BigInt(row[TX]!) }), signal);
  }

  async conflicts(
    { before, after }: { readonly before: bigint; readonly after: ConflictPlace | null },
    { limit, bytes }: Bounds,
    signal?: AbortSignal,
  ): Promise<ConflictSlice> {
    const position = after
      ? [String(after.tx), after.eventKey, after.eventType, String(after.fingerprint)]
      : [null, null, null, null];
    const statement = { text: sql.CONFLICTS, values: [String(before), ...position, limit + 1, bytes] };
    const rows = await this.read<ConflictRow>(statement, signal);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      contents: shown.map(({ tx: _, upto: __, ...content }) => content),
      last: last
        ? {
            tx: BigInt(last.tx),
            eventKey: last.event_key,
            eventType: last.event_type,
            fingerprint: BigInt(last.fingerprint),
          }
        : null,
      full: rows.length > limit || (last?.upto ?? 0) > bytes,
    };
  }

  async openDeadLetters(signal?: AbortSignal): Promise<number> {
    const statement = { name: 'open-dead-letters', text: sql.OPEN_DEAD_LETTERS };
    const [row] = await this.read<{ letters: number }>(statement, signal);
    return row!.letters;
  }

  private async read<Row extends QueryResultRow>(statement: QueryConfig, signal?: AbortSignal): Promise<Row[]> {
    if (!this.database.isConnected) throw new DatabaseUnavailable('PostgreSQL is not available');
    // They run one after the other, because a connection takes one statement at a time.
    const answered = this.before.then(() => {
      signal?.throwIfAborted();
      return this.connection.read<Row>(statement);
    });
    this.before = answered.catch(() => undefined);
    return answered;
  }

  private async page<Place>(
    text: string,
    { since, limit: most, bytes }: Wanted,
    values: readonly unknown[],
    place: (row: FactRow) => Place,
    signal?: AbortSignal,
  ): Promise<FactSlice<Place>> {
    const from = since === null ? null : timestamp(since);
    for (let limit = most; ; limit = Math.ceil(limit / FEWER_ROWS)) {
      const statement = { text, values: [limit + 1, bytes, from, ...values], rowMode: 'array', types: AS_WRITTEN };
      try {
        const rows = await this.read<(string | null)[]>(statement, signal);
        const shown = rows.slice(0, limit);
        const last = shown.at(-1);
        // The last row may be the one that reached the bound. Then nobody has looked further.
        const full = rows.length > limit || Number(last?.[UPTO] ?? 0) > bytes;
        const beyond = rows[limit];
        const places = { last: last ? place(last) : null, next: beyond ? place(beyond) : null };
        for (const row of shown) row.length = FACT_COLUMNS.length;
        return { facts: shown, full, ...places };
      } catch (error) {
        if (limit === 1 || !(error instanceof TooLate || tookTooLong(error))) throw error;
      }
    }
  }
}

interface HolderRow {
  readonly as_of: number;
  readonly held_ms: number | null;
  readonly held_by: string | null;
}

interface EndedRow {
  readonly system: string;
  readonly timeline: string;
  readonly ended: string;
  readonly next: string;
  readonly floor: number;
}

interface ConflictRow {
  readonly event_key: string;
  readonly event_type: EventType;
  readonly event_id: string;
  readonly fingerprint: string;
  readonly content: string;
  readonly tx: string;
  readonly upto: number;
}

/** A value is not changed on its way to the other region. */
const AS_WRITTEN: CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

/** These columns stand after those of a fact. */
const TX = FACT_COLUMNS.length;
const UPTO = TX + 1;
const OCCURRED_AT = FACT_COLUMNS.indexOf('occurred_at');
const EVENT_KEY = FACT_COLUMNS.indexOf('event_key');
const EVENT_TYPE = FACT_COLUMNS.indexOf('event_type');

const placeOf = (row: FactRow): FactPlace => ({
  occurredAt: Number(row[OCCURRED_AT]),
  eventKey: row[EVENT_KEY]!,
  eventType: row[EVENT_TYPE] as EventType,
});
