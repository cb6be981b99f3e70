/** The kinds of errors of PostgreSQL, by what the writer has to do about them (docs/design.md, "What can go wrong"). */
export type Fault =
  /** One row is to blame: bisect down to it. */
  | 'data'
  /** The service's set-up is wrong: stop recording and show it in readiness. */
  | 'configuration'
  /** Facts of this week have no partition: make it, try once more. */
  | 'missing_partition'
  /** Nobody is to blame: keep the batch, try again. Unknown codes count as transient, with an alarm. */
  | 'transient';

const CLASS_OF_FAULT: Readonly<Record<string, Fault>> = {
  '21': 'data', // cardinality violation
  '22': 'data', // data exception
  '23': 'data', // integrity constraint violation
  '54': 'data', // program limit exceeded
  '28': 'configuration', // invalid authorization
  '3D': 'configuration', // no such database
  '42': 'configuration', // syntax error, missing table or privilege
  '08': 'transient', // connection
  '25': 'transient', // idle-in-transaction time-out and what follows it
  '40': 'transient', // deadlock, serialisation
  '53': 'transient', // disk full, memory, too many connections
  '55': 'transient', // lock not available
  '57': 'transient', // shutdown, cancelled
  '58': 'transient', // system error (Citus: a lost worker)
  XX: 'transient', // internal error (Citus: a lost worker)
};

export const OUT_OF_MEMORY = '53200';

interface DatabaseError {
  readonly code?: string;
  readonly constraint?: string;
}

export const sqlState = (error: unknown): string | undefined => {
  const code = (error as DatabaseError | null)?.code;
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
};

/** @returns the fault and whether its code is in the table; an error without a SQLSTATE is a lost connection. */
export function classify(error: unknown): { fault: Fault; known: boolean } {
  const code = sqlState(error);
  if (code === undefined) return { fault: 'transient', known: true };
  // PostgreSQL names no constraint when no partition takes the row.
  if (code === '23514' && !(error as DatabaseError).constraint) return { fault: 'missing_partition', known: true };
  const fault = CLASS_OF_FAULT[code.slice(0, 2)];
  return { fault: fault ?? 'transient', known: fault !== undefined };
}

const STATEMENT_CANCELLED = '57014';
/** A client that gives up a second after PostgreSQL should have. */
const GAVE_UP = /^query read timeout$/i;

/** Whether a statement was ended because it took longer than it may. */
export const tookTooLong = (error: unknown): boolean =>
  sqlState(error) === STATEMENT_CANCELLED || GAVE_UP.test((error as Error).message);

export const configurationFault = (error: unknown): boolean => classify(error).fault === 'configuration';
