import type { RejectionReason } from '../../../../src/events/domain/rejection.js';
import { NAMES, otherName, type RegionName } from '../region.js';
import { type ConflictRow, floorOf, readRegion, type RegionState } from './region-state.js';
import type { RegionsLedger, Statement, ToldEvent } from './regions-ledger.js';

export const REGION_FINDINGS = [
  'lost', // told stored, and missing in a region after the merges
  'doubled', // one event, several rows of one region
  'altered', // a region says something else than what was told
  'unknown', // a row, or a dead letter, that nobody sent
  'wrong_reason', // a dead letter with another reason than its bytes must get
  'unequal', // the regions differ, and no conflict says so
  'conflict', // a conflict that only one region knows, or that is none
  'unpaired', // facts and identities of a region do not correspond one to one
  'projection', // a count or sum of a region that differs from a recount
  'metrics', // GET /metrics of a region says something else than a recount
] as const;
export type RegionFinding = (typeof REGION_FINDINGS)[number];

export interface RegionsReport {
  /** How many of each kind; none are left out. */
  readonly counts: Partial<Record<RegionFinding, number>>;
  /** The first of each kind, in words. */
  readonly examples: readonly string[];
  /** Distinct events that were told, those below the higher retention floor left out. */
  readonly told: number;
  /** Rows above that floor. */
  readonly facts: Readonly<Record<RegionName, number>>;
  readonly deadLetters: Readonly<Record<RegionName, number>>;
  /** Identities in conflict, the same in both. */
  readonly conflicts: number;
  readonly milliseconds: number;
}

const EXAMPLES_PER_KIND = 5;

export class RegionFindings {
  readonly counts: Partial<Record<RegionFinding, number>> = {};
  readonly examples: string[] = [];

  add(kind: RegionFinding, what: string): void {
    const count = (this.counts[kind] ?? 0) + 1;
    this.counts[kind] = count;
    if (count <= EXAMPLES_PER_KIND) this.examples.push(`${kind}: ${what}`);
  }
}

type Both = Readonly<Record<RegionName, RegionState>>;

/**
 * Compares what was told with what both regions hold, row by row, after merges in both directions. Both must be at rest.
 * Above the higher retention floor both must hold the same events, but for conflicts, which must be the same on both.
 */
export async function auditRegions(
  urls: Readonly<Record<RegionName, string>>,
  ledger: RegionsLedger,
): Promise<RegionsReport> {
  const started = performance.now();
  const floor = Math.max(...(await Promise.all(NAMES.map((name) => floorOf(urls[name])))));
  const [a, b] = await Promise.all(NAMES.map((name) => readRegion(urls[name], floor)));
  const both: Both = { a: a!, b: b! };
  const findings = new RegionFindings();
  for (const name of NAMES) checkRegion(name, both[name], ledger, findings);
  let told = 0;
  for (const [identity, event] of ledger.entries()) {
    if (event.occurredAt < floor) continue;
    told += 1;
    judge(identity, event, both, findings);
  }
  checkConflicts(both, findings);
  if (both.a.fingerprints !== both.b.fingerprints) {
    findings.add('unequal', `fingerprints: ${both.a.fingerprints} and ${both.b.fingerprints}`);
  }
  const { counts, examples } = findings;
  return {
    counts,
    examples,
    told,
    facts: { a: both.a.events.size, b: both.b.events.size },
    deadLetters: { a: both.a.deadLetters.size, b: both.b.deadLetters.size },
    conflicts: both.a.conflicting.size,
    milliseconds: Math.round(performance.now() - started),
  };
}

/** The rules that hold in one region, whatever the other one has. */
function checkRegion(name: RegionName, state: RegionState, ledger: RegionsLedger, findings: RegionFindings): void {
  for (const shown of state.doubled) findings.add('doubled', `${name} ${shown}`);
  for (const identity of state.events.keys()) {
    if (!ledger.knows(identity)) findings.add('unknown', `${name} row ${state.shown(identity)}`);
  }
  for (const line of state.broken.unpaired) findings.add('unpaired', `${name} ${line}`);
  for (const line of state.broken.projection) findings.add('projection', `${name} ${line}`);
  const poison = ledger.poison(name);
  for (const [payload, reason] of state.deadLetters) {
    const shown = `${name} dead letter ${reason} ${hex(payload)}`;
    const expected = poison.get(payload) ?? (ledger.wasPublished(name, payload) ? 'id_conflict' : null);
    if (expected === null) findings.add('unknown', shown);
    else if (expected !== reason) findings.add('wrong_reason', `${shown} must be ${expected}`);
  }
  for (const [payload, reason] of poison) {
    if (!state.deadLetters.has(payload)) findings.add('lost', `${name} poison ${reason} ${hex(payload)}`);
  }
}

/** One event: it is in both regions, and every statement about it holds. */
function judge(identity: string, { shown, statements }: ToldEvent, both: Both, findings: RegionFindings): void {
  const stored = { a: both.a.events.get(identity), b: both.b.events.get(identity) };
  const missing = NAMES.filter((name) => stored[name] === undefined);
  for (const name of missing) findings.add('lost', `${shown} is missing in ${name}`);
  if (missing.length > 0) return;
  for (const name of NAMES) {
    const known = statements.some(({ content }) => content === stored[name]);
    if (!known) findings.add('altered', `${shown} in ${name}`);
  }
  const differs = stored.a !== stored.b;
  for (const name of NAMES) {
    const conflicting = both[name].conflicting.has(identity);
    if (differs && !conflicting) findings.add('unequal', `${shown}, and ${name} knows of no conflict`);
    if (!differs && conflicting) findings.add('conflict', `${shown} is the same in both, and ${name} has a conflict`);
  }
  for (const statement of statements) {
    const wrong = contradiction(statement, stored as Record<RegionName, string>, both);
    if (wrong !== null) findings.add(wrong[0], `${shown}: ${wrong[1]}`);
  }
}

/** Null: what was said is so. */
function contradiction(
  { by, refused, content, payload }: Statement,
  stored: Readonly<Record<RegionName, string>>,
  both: Both,
): readonly [RegionFinding, string] | null {
  const holds = NAMES.filter((name) => stored[name] === content);
  if (refused) return holds.length < NAMES.length ? null : ['altered', 'refused as a conflict, and stored in both'];
  if (by === 'client') return holds.length > 0 ? null : ['altered', 'HTTP said stored, other content is'];
  const letter: RejectionReason | undefined = both[by].deadLetters.get(payload);
  if (stored[by] === content || letter === 'id_conflict') return null;
  return ['lost', `a conflicting message is no dead letter in ${by}`];
}

function checkConflicts(both: Both, findings: RegionFindings): void {
  const rows = { a: linesOf(both.a.conflicts), b: linesOf(both.b.conflicts) };
  for (const name of NAMES) {
    const other = rows[otherName(name)];
    for (const line of rows[name]) if (!other.has(line)) findings.add('conflict', `only ${name} has ${line}`);
  }
  const contents = new Map<string, number>();
  for (const { event_key, event_type } of both.a.conflicts) {
    const key = `${event_type} ${event_key}`;
    contents.set(key, (contents.get(key) ?? 0) + 1);
  }
  for (const [key, count] of contents) {
    if (count !== 2) findings.add('conflict', `${key} has ${count} contents in two regions`);
  }
}

const linesOf = (conflicts: readonly ConflictRow[]): ReadonlySet<string> =>
  new Set(conflicts.map((row) => JSON.stringify(row)));

const hex = (hash: string) => Buffer.from(hash, 'latin1').toString('hex');
