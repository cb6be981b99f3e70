import type { PoolClient, QueryConfig } from 'pg';
import { failpoint, isArmed, type EventsFailpoint } from '../../../events.failpoints.js';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import { copyIn } from '../../../../platform/postgres/binary/copy-in.js';
import { sqlState } from '../../../../platform/postgres/sql-state.js';
import { ErasuresChanged } from '../../../application/erasures.port.js';
import type { AppliedLog } from '../../../domain/content/erasure-log.js';
import type { TrackedEvent } from '../../../domain/tracked-event.js';
import { deltaColumns, fineDeltas, quarterHourDeltas } from '../projections/count-deltas.js';
import { bindLetters } from './bind-letters.js';
import { factRows, identityColumns, identityRows, keyColumns } from './event-rows.js';
import { holdBack } from './hold-back.js';
import * as sql from './record-events.sql.js';

/** An identity that is there; its event lies at `occurredAt`, epoch milliseconds. */
export interface KnownIdentity {
  readonly kind: 'known';
  readonly fingerprint: bigint | null;
  readonly occurredAt: number;
}

/** The answer of the database about one row. `vanished`: an identity that was there a statement ago is not there any more, so try again. */
export type RowOutcome =
  /** `erased`: the event is stored without its person, who was erased after it was received. */
  | { readonly kind: 'inserted'; readonly erased?: true }
  | KnownIdentity
  /** The identity is not known, and lies below this floor, epoch milliseconds. */
  | { readonly kind: 'too_old'; readonly floor: number }
  /** The dead letter that the event comes from became this other event before. */
  | { readonly kind: 'replayed'; readonly eventId: string }
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
const UNIQUE_VIOLATION = '23505';

export const rowKey = (event: { eventKey: string; eventType: string }): string => event.eventKey + event.eventType;

/**
 * One attempt to write rows, sorted by key and without twins, in the belief that none is known: two round trips. COPY
 * stops at the first identity that is there already; then nothing has been written, and `recordWithLookUp` must say which.
 *
 * @returns whether all were written. Rejects, the transaction still open, on any other error; `CommitUnknown` when it cannot know.
 */
export async function recordAsNew(client: PoolClient, { rows, version }: AppliedLog): Promise<boolean> {
  const identities = encode(() => identityRows(rows));
  const begun = await begin(client, version, () => copyIn(client, sql.COPY_IDENTITIES, identities)).catch(
    (error: unknown) => {
      if (sqlState(error) === UNIQUE_VIOLATION) return null;
      throw error;
    },
  );
  if (begun === null || rows.some((row) => row.occurredAt < begun.floor)) {
    await client.query('rollback');
    return false;
  }
  await finish(client, rows, begun);
  return true;
}

/**
 * One attempt to write rows, sorted by key and without twins, whatever they are: known ones are looked up, and below the
 * retention floor none is written. Three round trips; more with replays of dead letters.
 *
 * @returns an outcome per row. Rejects, the transaction still open, on any error; `CommitUnknown` when it cannot know.
 */
export async function recordWithLookUp(client: PoolClient, { rows, version }: AppliedLog): Promise<RowOutcome[]> {
  const values = encode(() => identityColumns(rows));
  const begun = await begin(client, version, () =>
    client.query<[string, string]>({
      name: 'insert-identities',
      text: sql.INSERT_IDENTITIES,
      values,
      rowMode: 'array',
    } as QueryConfig),
  );
  const inserted = new Set(begun.answer.rows.map(([eventKey, eventType]) => eventKey + eventType));
  const fresh: TrackedEvent[] = [];
  const others: TrackedEvent[] = [];
  for (const row of rows) (inserted.has(rowKey(row)) ? fresh : others).push(row);
  const identities = await findIdentities(client, others);
  const replayed = await bindLetters(client, fresh);
  await finish(client, replayed.size === 0 ? fresh : fresh.filter((row) => !replayed.has(row)), begun);

  return rows.map((row): RowOutcome => {
    const key = rowKey(row);
    const became = replayed.get(row);
    if (became !== undefined) return became === null ? { kind: 'vanished' } : { kind: 'replayed', eventId: became };
    if (inserted.has(key)) return { kind: 'inserted' };
    const known = identities.get(key);
    if (known !== undefined) return known;
    return row.occurredAt < begun.floor ? { kind: 'too_old', floor: begun.floor } : { kind: 'vanished' };
  });
}

/** The bounds and the id that a transaction has read at its beginning. */
interface Begun {
  /** Below it no identity is minted, epoch milliseconds. */
  readonly floor: number;
  /** Below it there are no 2-second counts, epoch milliseconds. */
  readonly fineHorizon: number;
  readonly transactionId: string;
}

/** Runs everything up to the identities, in one round trip. @param version of the log of erasures that the rows go by */
async function begin<Answer>(
  client: PoolClient,
  version: number,
  identities: () => Promise<Answer>,
): Promise<Begun & { answer: Answer }> {
  await failpoint('before_begin');
  const release = holdBack(client);
  const begun = client.query('begin');
  const locked = client.query({
    name: 'share-recording-lock',
    text: sql.SHARE_RECORDING_LOCK,
    values: [EVENTS_LOCKS.recording],
  });
  const bounds = client.query<Bounds>({ name: 'read-bounds', text: sql.READ_BOUNDS });
  const answered = identities();
  release();
  await allFulfilled([begun, locked, bounds, answered]);
  const { retention_floor, fine_horizon, erasures_version, transaction_id } = (await bounds).rows[0]!;
  if (erasures_version !== version) throw new ErasuresChanged();
  await failpoint('after_identities');
  return {
    floor: retention_floor,
    fineHorizon: fine_horizon,
    transactionId: transaction_id,
    answer: await answered,
  };
}

interface Bounds {
  readonly retention_floor: number;
  readonly fine_horizon: number;
  readonly erasures_version: number;
  readonly transaction_id: string;
}

/** Finds the identities that are there, by `rowKey`. */
async function findIdentities(
  client: PoolClient,
  rows: readonly TrackedEvent[],
): Promise<ReadonlyMap<string, KnownIdentity>> {
  if (rows.length === 0) return new Map();
  const found = await client.query<[string, string, string | null, number]>({
    name: 'find-identities',
    text: sql.FIND_IDENTITIES,
    values: keyColumns(rows),
    rowMode: 'array',
  } as unknown as QueryConfig);
  return new Map(
    found.rows.map(([key, type, print, occurredAt]) => [
      key + type,
      { kind: 'known', fingerprint: print === null ? null : BigInt(print), occurredAt },
    ]),
  );
}

/**
 * Writes facts and projections, and commits, in one round trip. Projections come last, because their hot rows then stay
 * locked for the commit alone.
 */
async function finish(
  client: PoolClient,
  fresh: readonly TrackedEvent[],
  { fineHorizon, transactionId }: Begun,
): Promise<void> {
  const statements: (() => Promise<unknown>)[] = [];
  if (fresh.length > 0) {
    const facts = encode(() => factRows(fresh, BigInt(transactionId)));
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
async function reached(name: EventsFailpoint, sent: readonly Promise<unknown>[], release: () => void): Promise<void> {
  const fault = failpoint(name);
  if (!fault) return;
  release();
  await allFulfilled([...sent, fault]);
}

/** Unlike Promise.all it waits for every one, so that no later failure goes unheard. */
async function allFulfilled(calls: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(calls)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
