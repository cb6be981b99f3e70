import type { RejectionReason } from '../../../../src/events/domain/rejection.js';
import { identityHash } from '../../content.js';
import { queryOn } from '../../stage.js';
import { StoredState } from '../../stored-state.js';

/** One content of an identity in conflict. */
export interface ConflictRow {
  readonly event_key: string;
  readonly event_type: string;
  readonly fingerprint: string;
  readonly event_id: string;
  readonly content: string;
}

/** The content of one region, read past its service. */
export interface RegionState {
  /** Content by identity; hashes. */
  readonly events: ReadonlyMap<string, string>;
  readonly shown: (identity: string) => string;
  /** Identities with more than one row. */
  readonly doubled: readonly string[];
  /** Facts without identity, buckets that differ from a recount, and the like: in words. */
  readonly broken: { readonly unpaired: readonly string[]; readonly projection: readonly string[] };
  /** Reason by hash of the bytes. */
  readonly deadLetters: ReadonlyMap<string, RejectionReason>;
  readonly conflicts: readonly ConflictRow[];
  /** Identities of the conflicts. */
  readonly conflicting: ReadonlySet<string>;
  /** A sum over identities that are not in conflict, independent of their order. It is equal in both regions. */
  readonly fingerprints: string;
}

const CONFLICTS = `
select event_key::text, event_type, fingerprint::text, event_id, content from region_conflicts
order by event_key, event_type, fingerprint`;

/** @param $1 the higher floor of both regions */
const FINGERPRINTS = `
select count(*) || ' ' || coalesce(sum(hashtextextended(concat_ws(' ', event_key, event_type, occurred_at, fingerprint), 0)::numeric), 0) as sum
from event_identity as identity
where occurred_at >= $1 and not exists (
  select from region_conflicts as conflict
  where conflict.event_key = identity.event_key and conflict.event_type = identity.event_type)`;

export async function floorOf(databaseUrl: string): Promise<number> {
  const [row] = await queryOn<{ floor: number }>(
    databaseUrl,
    `select greatest(0, extract(epoch from retention_floor) * 1000)::float8 as floor from storage_bounds`,
  );
  return row!.floor;
}

/** @param floor epoch milliseconds: rows of events before it are left out */
export async function readRegion(databaseUrl: string, floor: number): Promise<RegionState> {
  const state = await StoredState.open(databaseUrl);
  try {
    const events = new Map<string, string>();
    const names = new Map<string, string>();
    const doubled: string[] = [];
    await state.events(floor, ({ identity, content, shown }) => {
      if (events.has(identity)) doubled.push(shown);
      events.set(identity, content);
      names.set(identity, shown);
    });
    const deadLetters = new Map((await state.deadLetters()).map(({ payload, reason }) => [payload, reason]));
    const since = floor === 0 ? null : floor;
    const projection = [
      ...(await state.wrongBuckets('event_counts_2s', since)),
      ...(await state.wrongBuckets('event_counts_15m', since)),
    ];
    const conflicts = await queryOn<ConflictRow>(databaseUrl, CONFLICTS);
    const [fingerprints] = await queryOn<{ sum: string }>(databaseUrl, FINGERPRINTS, [new Date(floor).toISOString()]);
    return {
      events,
      shown: (identity) => names.get(identity) ?? 'an event',
      doubled,
      broken: { unpaired: await state.unpaired(floor), projection },
      deadLetters,
      conflicts,
      conflicting: new Set(
        conflicts.map(({ event_type, event_id }) => identityHash(event_type, event_id).toString('latin1')),
      ),
      fingerprints: fingerprints!.sum,
    };
  } finally {
    await state.close();
  }
}
