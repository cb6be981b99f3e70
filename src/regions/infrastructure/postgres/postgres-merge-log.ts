import { Client } from 'pg';
import { v7 } from 'uuid';
import type { Clock } from '../../../platform/clock/clock.js';
import type { Config } from '../../../platform/config/config.js';
import type { Database } from '../../../platform/postgres/database.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import {
  type MergeAsked,
  type MergeClaim,
  type MergeEnd,
  MergeLog,
  type MergeProgress,
  MergeUnderWay,
  type Reached,
} from '../../application/merging/merge-log.port.js';
import { REGIONS_LOCKS } from '../../regions.locks.js';
import * as sql from './merge-log.sql.js';

const CONNECT_TIMEOUT_MS = 5_000;

export class PostgresMergeLog extends MergeLog {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** It runs on a connection of its own, which holds the lock, because the connections of the pool record meanwhile. */
  async claim(): Promise<MergeClaim> {
    await this.database.connect();
    const lost = new AbortController();
    const client = new Client({
      connectionString: this.config.current('DATABASE_URL') ?? undefined,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'monitoreo-merge',
    });
    client.on('error', (error) => lost.abort(error));
    const end = () => client.end().catch(() => undefined); // the connection may be closed already, and its lock with it
    try {
      await client.connect();
      const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
        REGIONS_LOCKS.merge,
      ]);
      if (!rows[0]?.locked) throw new MergeUnderWay();
      return { lost: lost.signal, release: end };
    } catch (error) {
      await end();
      throw error;
    }
  }

  async isDue(region: string, everyMs: number): Promise<boolean> {
    const { rows } = await this.database.writers().query<{ due: boolean }>(sql.IS_DUE, [region, everyMs]);
    return rows[0]!.due;
  }

  async begin({ region, since, dryRun, actor }: MergeAsked): Promise<string> {
    const id = v7({ msecs: this.clock.now() });
    await this.database.writers().query(sql.END_ABANDONED);
    const from = since === null ? null : timestamp(since);
    await this.database.writers().query(sql.BEGIN, [id, region, from, dryRun, actor]);
    return id;
  }

  async note(id: string, progress: MergeProgress, reached: Reached | null): Promise<void> {
    await this.database.writers().query(sql.NOTE, [...placeOf(reached), id, ...figuresOf(progress)]);
  }

  async end(
    id: string,
    progress: MergeProgress,
    { state, code, detail }: MergeEnd,
    reached: Reached | null,
  ): Promise<void> {
    const values = [...placeOf(reached), id, ...figuresOf(progress), state, code, detail];
    await this.database.writers().query(sql.END, values);
  }

  async watermark(region: string): Promise<string | null> {
    const { rows } = await this.database.writers().query<{ watermark: string }>(sql.WATERMARK, [region]);
    return rows[0]?.watermark ?? null;
  }
}

const placeOf = (reached: Reached | null): unknown[] => [
  reached?.region ?? null,
  reached?.watermark ?? null,
  reached?.until == null ? null : timestamp(reached.until),
];

const figuresOf = ({ tally, deadLetters, heldBack }: MergeProgress): unknown[] => [
  tally.merged,
  tally.known,
  tally.restamped,
  tally.conflicts,
  tally.below_floor,
  tally.rejected,
  deadLetters,
  heldBack === null ? null : Math.round(heldBack.ms),
  heldBack?.by ?? null,
];
