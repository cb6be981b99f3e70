import type { RejectionReason } from '../../src/events/domain/rejection.js';
import { TOLD } from './ledger.js';
import type { LedgerIndex } from './ledger-index.js';
import { StoredState, type StoredEvent } from './stored-state.js';

export const FINDINGS = [
  'lost', // told stored, neither an event nor a dead letter
  'doubled', // one event, several rows
  'altered', // the row says something else than what was told
  'unknown', // a row, or a dead letter, that nobody sent
  'wrong_reason', // a dead letter with another reason than its bytes must get
  'unpaired', // facts and identities do not correspond one to one
  'projection', // a count or sum that differs from a recount
] as const;
export type FindingKind = (typeof FINDINGS)[number];

export interface AuditReport {
  /** How many of each kind; none are left out. */
  readonly counts: Partial<Record<FindingKind, number>>;
  /** The first of each kind, in words. */
  readonly examples: readonly string[];
  /** Events of the ledger compared in this audit, rows and dead letters read for it. */
  readonly compared: number;
  readonly rows: number;
  readonly deadLetters: number;
  readonly facts: number;
  readonly milliseconds: number;
}

/** The state that the last audit left: the next one looks at what came since. */
export interface Scope {
  /** `recent`: events told since the last audit, rows since `since`, all dead letters. `full`: everything. */
  readonly kind: 'recent' | 'full';
  /** Epoch milliseconds: from here on every row must have been told. */
  readonly since: number;
}

const EXAMPLES_PER_KIND = 5;

class Findings {
  readonly counts: Partial<Record<FindingKind, number>> = {};
  readonly examples: string[] = [];

  add(kind: FindingKind, what: string): void {
    const count = (this.counts[kind] ?? 0) + 1;
    this.counts[kind] = count;
    if (count <= EXAMPLES_PER_KIND) this.examples.push(`${kind}: ${what}`);
  }
}

/** Compares what producers were told with what is there, row by row. The database must be at rest. */
export async function audit(databaseUrl: string, ledger: LedgerIndex, scope: Scope): Promise<AuditReport> {
  const started = performance.now();
  const state = await StoredState.open(databaseUrl);
  try {
    const findings = new Findings();
    const deadLetters = await checkDeadLetters(state, ledger, findings);
    const { compared, rows } = await checkEvents(state, ledger, scope, deadLetters, findings);
    const { facts, identities } = await state.counts();
    if (facts !== ledger.size || identities !== ledger.size) {
      const wrong = `${facts} facts and ${identities} identities for ${ledger.size} events told`;
      findings.add('unpaired', wrong);
    }
    if (scope.kind === 'full') for (const line of await state.unpaired()) findings.add('unpaired', line);
    const from = scope.kind === 'full' ? null : scope.since;
    for (const table of ['event_counts_2s', 'event_counts_15m'] as const) {
      for (const line of await state.wrongBuckets(table, from)) findings.add('projection', line);
    }
    const { counts, examples } = findings;
    const milliseconds = Math.round(performance.now() - started);
    return { counts, examples, compared, rows, deadLetters: deadLetters.size, facts, milliseconds };
  } finally {
    await state.close();
  }
}

type DeadLetters = ReadonlyMap<string, RejectionReason>;

async function checkDeadLetters(state: StoredState, ledger: LedgerIndex, findings: Findings): Promise<DeadLetters> {
  const stored = new Map<string, RejectionReason>();
  for (const { payload, reason } of await state.deadLetters()) {
    stored.set(payload, reason);
    const expected = ledger.poison.get(payload);
    const shown = `dead letter ${reason} ${hex(payload)}`;
    if (expected !== undefined) {
      if (expected !== reason) findings.add('wrong_reason', `${shown} must be ${expected}`);
    } else if (!ledger.wasPublished(payload)) findings.add('unknown', shown);
    else if (reason !== 'id_conflict') findings.add('wrong_reason', `${shown} is an event that can be recorded`);
  }
  for (const [payload, reason] of ledger.poison) {
    if (!stored.has(payload)) findings.add('lost', `poison ${reason} ${hex(payload)} is no dead letter`);
  }
  return stored;
}

async function checkEvents(
  state: StoredState,
  ledger: LedgerIndex,
  scope: Scope,
  deadLetters: DeadLetters,
  findings: Findings,
): Promise<{ compared: number; rows: number }> {
  const found = new Map<string, string>();
  const shownAs = new Map<string, string>();
  let rows = 0;
  const seen = ({ identity, content, shown }: StoredEvent) => {
    rows += 1;
    if (found.has(identity)) findings.add('doubled', shown);
    else if (!ledger.knows(identity)) findings.add('unknown', `row ${shown}`);
    found.set(identity, content);
    if (shownAs.size < 1000) shownAs.set(identity, shown);
  };
  const recent = ledger.takeRecent().filter(({ told }) => told !== TOLD.poison);
  let identities: Iterable<string>;
  if (scope.kind === 'full') {
    await state.events(null, seen);
    identities = ledger.identities();
  } else {
    await state.events(scope.since, seen);
    const earlier = recent.filter(({ occurredAt }) => occurredAt < scope.since);
    const instants = [...new Set(earlier.map(({ occurredAt }) => occurredAt))];
    await state.eventsAt(instants, seen);
    identities = new Set(recent.map(({ identity }) => identity));
  }
  let compared = 0;
  for (const identity of identities) {
    compared += 1;
    judge(identity, found.get(identity), ledger, deadLetters, findings);
  }
  return { compared, rows };
}

/** One event: every statement about it must hold. */
function judge(
  identity: string,
  stored: string | undefined,
  ledger: LedgerIndex,
  deadLetters: DeadLetters,
  findings: Findings,
): void {
  const statements = ledger.statements(identity);
  if (stored === undefined) return findings.add('lost', `event ${hex(identity)}`);
  if (!statements.some(({ content }) => content === stored)) return findings.add('altered', `event ${hex(identity)}`);
  for (const { told, content, payload } of statements) {
    if (told === TOLD.httpConflict) {
      if (content === stored) findings.add('altered', `event ${hex(identity)}: refused as a conflict, and stored`);
    } else if (content !== stored) {
      if (told === TOLD.http) findings.add('altered', `event ${hex(identity)}: HTTP said stored, other content is`);
      else if (deadLetters.get(payload) !== 'id_conflict')
        findings.add('lost', `event ${hex(identity)}: a conflicting message is no dead letter`);
    }
  }
}

const hex = (hash: string) => Buffer.from(hash, 'latin1').toString('hex');
