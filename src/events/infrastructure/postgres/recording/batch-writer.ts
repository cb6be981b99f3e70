import { Injectable } from '@nestjs/common';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { PoolClient } from 'pg';
import { Logger } from '../../../../platform/observability/logger.js';
import { Database } from '../../../../platform/postgres/database.js';
import { rollBack, type Undo, undoTransaction } from '../../../../platform/postgres/session.js';
import { classify, OUT_OF_MEMORY, sqlState } from '../../../../platform/postgres/sql-state.js';
import { type StuckWrite, StuckWrites } from '../../../../platform/postgres/stuck-writes.js';
import type { TrackedEvent } from '../../../domain/tracked-event.js';
import { Erasures, ErasuresChanged } from '../../../application/erasures.port.js';
import type { AppliedLog } from '../../../domain/content/erasure-log.js';
import { isReplayed } from './bind-letters.js';
import { isolateRefused } from './isolate-refused.js';
import { PartitionKeeper } from '../keeping/partition-keeper.js';
import {
  CommitUnknown,
  recordWithLookUp,
  recordAsNew,
  UnencodableRows,
  rowKey,
  type RowOutcome,
} from './record-transaction.js';
import { COMMITTED_TRANSACTIONS } from './record-events.sql.js';

const INSERTED: RowOutcome = { kind: 'inserted' };
const INSERTED_ERASED: RowOutcome = { kind: 'inserted', erased: true };

/** The outcome of one row. `refused`: PostgreSQL blames this row; `abandoned`: the service stopped before it was known. */
export type RowVerdict =
  RowOutcome | { readonly kind: 'refused'; readonly sqlState: string } | { readonly kind: 'abandoned' };

class VanishedIdentity extends Error {
  override readonly name = 'VanishedIdentity';
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** Halving a batch helps where the batch itself is too much for the server. */
const TOO_MUCH_AT_ONCE = new Set([OUT_OF_MEMORY, '57014']);

/**
 * Writes rows until PostgreSQL has said of each what it is: transient errors are retried without end, a data error is
 * bisected down to its row.
 */
@Injectable()
export class BatchWriter {
  private faultInForce: string | null = null;
  private expectNew = true;
  private readonly stuck: StuckWrite;

  constructor(
    private readonly database: Database,
    private readonly partitions: PartitionKeeper,
    private readonly erasures: Erasures,
    private readonly logger: Logger,
    stuck: StuckWrites,
  ) {
    this.stuck = stuck.watch('recording');
  }

  /** A wrong schema or credential that stops recording, for readiness; null while all is well. */
  get fault(): string | null {
    return this.faultInForce;
  }

  /**
   * @param rows sorted by key, without twins.
   * @param signal stops trying; an attempt under way still ends as it does. @returns a verdict per row, in that order.
   */
  async write(rows: readonly TrackedEvent[], signal: AbortSignal): Promise<RowVerdict[]> {
    return isolateRefused<TrackedEvent, RowVerdict>(rows, {
      write: (some) => this.writeWithRetries(some, signal),
      refuse: (error, { length }) => {
        if (signal.aborted) return { kind: 'abandoned' };
        const code = sqlState(error) ?? (error as Error).name;
        if (length === 1) this.logger.warn({ sqlState: code, err: error }, 'PostgreSQL refuses a row');
        return { kind: 'refused', sqlState: code };
      },
    });
  }

  private async writeWithRetries(rows: readonly TrackedEvent[], signal: AbortSignal): Promise<RowVerdict[]> {
    const unanswered: CommitUnknown[] = [];
    let partitionsRemade = false;
    const policy = retry(
      handleWhen((error) => isTransient(error, rows.length)),
      {
        maxAttempts: Infinity,
        backoff: new ExponentialBackoff({ initialDelay: FIRST_RETRY_MS, maxDelay: LAST_RETRY_MS }),
      },
    );
    policy.onFailure(({ reason, handled }) => {
      if (handled) this.report('error' in reason ? reason.error : reason, rows.length);
    });
    const outcomes = await policy.execute(async () => {
      signal.throwIfAborted();
      try {
        return await this.attempt(rows);
      } catch (error) {
        if (error instanceof CommitUnknown) unanswered.push(error);
        if (faultOf(error) === 'missing_partition') {
          this.partitions.forget();
          if (partitionsRemade) this.logger.error({ err: error }, 'a row found no partition twice');
          partitionsRemade = true;
        }
        throw error;
      }
    }, signal);
    this.faultInForce = null;
    this.stuck.succeeded();
    if (unanswered.length === 0) return outcomes;
    const ours = await policy.execute(() => this.insertedBy(unanswered), signal);
    return outcomes.map((outcome, index) => {
      const row = rows[index]!;
      if (outcome.kind !== 'known' || !ours.has(rowKey(row))) return outcome;
      if (outcome.fingerprint === null) return INSERTED_ERASED;
      return outcome.fingerprint === row.fingerprint ? INSERTED : outcome;
    });
  }

  /**
   * Keys of the rows that attempts whose COMMIT got no answer did insert. Asked after a later attempt has met the rows:
   * it waited for such a transaction to end, so none is in progress.
   */
  private async insertedBy(unanswered: readonly CommitUnknown[]): Promise<Set<string>> {
    const committed = await this.committed(unanswered.map(({ transactionId }) => transactionId));
    const attempts = unanswered.filter(({ transactionId }) => committed.has(transactionId));
    return new Set(attempts.flatMap(({ inserted }) => inserted.map(rowKey)));
  }

  private async committed(transactionIds: readonly string[]): Promise<Set<string>> {
    try {
      const { rows } = await this.database
        .writers()
        .query<{ transaction_id: string }>(COMMITTED_TRANSACTIONS, [transactionIds]);
      return new Set(rows.map(({ transaction_id }) => transaction_id));
    } catch (error) {
      // A standby that took over may not have come to such an id: then nobody knows, and the sender hears "recorded".
      if (classify(error).fault === 'data') return new Set(transactionIds);
      throw error;
    }
  }

  private async attempt(rows: readonly TrackedEvent[]): Promise<RowOutcome[]> {
    await this.partitions.ensure(rows.map((row) => row.occurredAt));
    const outcomes = await this.recordByLog(rows);
    if (outcomes.some((outcome) => outcome.kind === 'vanished'))
      throw new VanishedIdentity('an identity vanished while it was looked up');
    return outcomes;
  }

  /** The row as it is to be stored: without its person, if they were erased after the event was received. */
  private async recordByLog(rows: readonly TrackedEvent[]): Promise<RowOutcome[]> {
    for (;;) {
      const applied = this.erasures.log.applied(rows);
      try {
        // Its own BEGIN and COMMIT, because they go out together with what stands next to them.
        const outcomes = await this.database.session((client) => this.record(client, applied), undo);
        if (applied.rows === rows) return outcomes;
        return outcomes.map((outcome, index) =>
          outcome.kind === 'inserted' && applied.rows[index] !== rows[index] ? INSERTED_ERASED : outcome,
        );
      } catch (error) {
        if (!(error instanceof ErasuresChanged)) throw error;
        // This comes after the connection is given back, because all writers may be here at once.
        await this.erasures.refresh();
      }
    }
  }

  /**
   * Duplicates come in crowds (a redelivery, a replay), so the first one changes the way until a batch without any. A dead
   * letter may have become another event, so replays never go the short way.
   */
  private async record(client: PoolClient, applied: AppliedLog): Promise<RowOutcome[]> {
    const { rows } = applied;
    if (this.expectNew && !rows.some(isReplayed) && (await recordAsNew(client, applied)))
      return rows.map(() => INSERTED);
    this.expectNew = false;
    const outcomes = await recordWithLookUp(client, applied);
    this.expectNew = outcomes.every(({ kind }) => kind === 'inserted');
    return outcomes;
  }

  private report(error: unknown, rows: number): void {
    const cause = causeOf(error);
    this.stuck.failed(cause);
    const { fault, known } = classify(cause);
    if (fault === 'configuration') this.faultInForce = (cause as Error).message;
    const fields = { err: cause, sqlState: sqlState(cause), fault, rows };
    if (!known || fault === 'configuration')
      this.logger.error(fields, 'recording is stopped by an error that needs a human');
    else this.logger.warn(fields, 'a write failed and is tried again');
  }
}

const causeOf = (error: unknown) => (error instanceof CommitUnknown ? error.cause : error);

const faultOf = (error: unknown) => classify(causeOf(error)).fault;

/** Whether the same rows, all of them, may be written at another time. */
const isTransient = (error: unknown, rows: number): boolean =>
  !(error instanceof UnencodableRows) &&
  faultOf(error) !== 'data' &&
  !(rows > 1 && TOO_MUCH_AT_ONCE.has(sqlState(error) ?? ''));

/**
 * A row that cannot be put on the wire fails before anything of its statement is sent. An erasure is found between two round
 * trips. In both cases the connection is fit for use.
 */
const undo: Undo = (client, error) =>
  error instanceof UnencodableRows || error instanceof ErasuresChanged
    ? rollBack(client)
    : undoTransaction(client, error);
