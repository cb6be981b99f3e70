import type { Socket } from 'node:net';
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import { failpoint, isArmed, type FailpointName } from '../../../platform/failpoint.js';
import { ADVISORY_LOCKS } from '../../../platform/postgres/advisory-locks.js';
import { copyIn } from '../../../platform/postgres/copy-in.js';
import type { TrackedEvent } from '../../domain/tracked-event.js';
import { deltaColumns, fineDeltas, quarterHourDeltas } from './count-deltas.js';
import { factRows, identityColumns, keyColumns } from './event-rows.js';
import * as sql from './record-events.sql.js';

/** What the database says of one row. `vanished`: an identity that was there a statement ago and is gone: try again. */
export type RowOutcome =
  | { readonly kind: 'inserted' }
  | { readonly kind: 'known'; readonly fingerprint: bigint | null }
  | { readonly kind: 'too_old' }
  | { readonly kind: 'vanished' };

/** The connection broke after COMMIT was sent: these rows may be there. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
  constructor(
    readonly inserted: readonly TrackedEvent[],
    /** PostgreSQL's 64-bit transaction id, by which it can be asked afterwards. */
    readonly transactionId: string,
    cause: unknown,
  ) {
    super('the outcome of COMMIT is unknown', { cause });
  }
}

/** A row that cannot be put on the wire: a data error of that row, found by bisecting like any other. */
export class UnencodableRows extends Error {
  override readonly name = 'UnencodableRows';
}

function encode<T>(columns: () => T): T {
  try {
    return columns();
  } catch (error) {
    throw new UnencodableRows('a row cannot be encoded', { cause: error });
  }
}

const IDLE_IN_TRANSACTION = '25P03';
const INSERTED: RowOutcome = { kind: 'inserted' };

export const rowKey = (event: { eventKey: string; eventType: string }): string => event.eventKey + event.eventType;

/**
 * One attempt to write rows, sorted by key and without twins: two round trips when every row is new, because statements
 * that need no answer are sent together. Rolls back and throws on any error; `CommitUnknown` when it cannot know.
 */
export async function recordInOneTransaction(client: PoolClient, rows: readonly TrackedEvent[]): Promise<RowOutcome[]> {
  const identitiesToInsert = encode(() => identityColumns(rows));
  await failpoint('before_begin');
  const [, , bounds, identities] = await sendTogether(client, [
    { text: 'begin' },
    { name: 'share-recording-lock', text: sql.SHARE_RECORDING_LOCK, values: [ADVISORY_LOCKS.recording] },
    { name: 'read-bounds', text: sql.READ_BOUNDS },
    { name: 'insert-identities', text: sql.INSERT_IDENTITIES, values: identitiesToInsert, rowMode: 'array' },
  ]);
  const {
    retention_floor: floor,
    fine_horizon: horizon,
    transaction_id: transactionId,
  } = bounds?.rows[0] as { retention_floor: number; fine_horizon: number; transaction_id: string };
  const insertedKeys = identities?.rows as unknown as [string, string][];
  await failpoint('after_identities');

  if (insertedKeys.length === rows.length) {
    await finish(client, rows, horizon, transactionId);
    return rows.map(() => INSERTED);
  }
  const inserted = new Set(insertedKeys.map(([eventKey, eventType]) => eventKey + eventType));
  const others = rows.filter((row) => !inserted.has(rowKey(row)));
  const found = await client.query<[string, string, string | null]>({
    name: 'find-identities',
    text: sql.FIND_IDENTITIES,
    values: keyColumns(others),
    rowMode: 'array',
  } as unknown as QueryConfig);
  const fingerprints = new Map(found.rows.map(([key, type, print]) => [key + type, print]));
  const fresh = inserted.size === 0 ? [] : rows.filter((row) => inserted.has(rowKey(row)));
  await finish(client, fresh, horizon, transactionId);

  return rows.map((row): RowOutcome => {
    const key = rowKey(row);
    if (inserted.has(key)) return INSERTED;
    const print = fingerprints.get(key);
    if (print !== undefined) return { kind: 'known', fingerprint: print === null ? null : BigInt(print) };
    return row.occurredAt < floor ? { kind: 'too_old' } : { kind: 'vanished' };
  });
}

/** Facts, projections, COMMIT, in one round trip. Projections come last: their hot rows stay locked for the commit alone. */
async function finish(
  client: PoolClient,
  fresh: readonly TrackedEvent[],
  fineHorizon: number,
  transactionId: string,
): Promise<void> {
  const statements: (() => Promise<unknown>)[] = [];
  if (fresh.length > 0) {
    const facts = encode(() => factRows(fresh));
    statements.push(() => copyIn(client, sql.COPY_FACTS, facts));
    const fine = fineDeltas(fresh);
    const kept = fine.filter(({ bucket }) => bucket >= fineHorizon);
    const quarters = deltaColumns(quarterHourDeltas(fine));
    if (kept.length > 0) {
      const values = deltaColumns(kept);
      statements.push(() => client.query({ name: 'add-fine-counts', text: sql.ADD_FINE_COUNTS, values }));
    }
    statements.push(() =>
      client.query({ name: 'add-quarter-hour-counts', text: sql.ADD_QUARTER_HOUR_COUNTS, values: quarters }),
    );
  }
  const sent: Promise<unknown>[] = [];
  const release = holdBack(client);
  for (const send of statements) {
    sent.push(send());
    if (sent.length === 1 && isArmed('after_facts')) await reached('after_facts', sent, release);
  }
  if (isArmed('before_commit')) await reached('before_commit', sent, release);
  const commit = client.query('commit');
  release();
  const outcomes = await Promise.allSettled([...sent, commit]);
  const broken = outcomes.findIndex((outcome) => outcome.status === 'rejected');
  if (broken === -1) {
    await failpoint('after_commit')?.catch((lost: unknown) => {
      throw new CommitUnknown(fresh, transactionId, lost);
    });
    return;
  }
  const reason = (outcomes[broken] as PromiseRejectedResult).reason as Error & { severity?: string; code?: string };
  // A server that answers an error to a statement before COMMIT has not committed, nor has one that ended an idle
  // transaction (25P03, a replica that had been stopped); a lost connection has no severity.
  if ((reason.severity === 'ERROR' && broken < sent.length) || reason.code === IDLE_IN_TRANSACTION) throw reason;
  throw new CommitUnknown(fresh, transactionId, reason);
}

/** A failpoint between statements: those before it are sent and answered. */
async function reached(name: FailpointName, sent: readonly Promise<unknown>[], release: () => void): Promise<void> {
  const fault = failpoint(name);
  if (!fault) return;
  release();
  await allFulfilled([...sent, fault]);
}

/**
 * What is queried until the returned function is called leaves in one write: a system call and a wake-up of PostgreSQL
 * for each round trip instead of for each statement.
 */
function holdBack(client: PoolClient): () => void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.cork();
  return () => stream.uncork();
}

async function sendTogether(
  client: PoolClient,
  statements: (QueryConfig & { rowMode?: 'array' })[],
): Promise<QueryResult[]> {
  const release = holdBack(client);
  const answers = statements.map((statement) => client.query(statement));
  release();
  return allFulfilled(answers);
}

/** Unlike Promise.all it waits for every one, so that no later failure goes unheard. */
async function allFulfilled<T>(calls: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(calls);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<Awaited<T>>).value);
}
