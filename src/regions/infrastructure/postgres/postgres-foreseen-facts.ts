import { sameFingerprint } from '../../../events/domain/content/fingerprint.js';
import type { TrackedEvent } from '../../../events/domain/tracked-event.js';
import { instantArray, textArray, uuidArray } from '../../../platform/postgres/binary/binary-array.js';
import type { Database } from '../../../platform/postgres/database.js';
import { ForeseenFacts } from '../../application/merging/foreseen-facts.port.js';
import type { MergeOutcome } from '../../domain/merge-tally.js';

const FORESEE = `
select identity.event_key is not null as known, identity.fingerprint::text as fingerprint,
  (extract(epoch from identity.occurred_at) * 1000)::float8 as "occurredAt", wanted.occurred_at < retention_floor as "belowFloor"
from unnest($1::uuid[], $2::text[], $3::timestamptz[]) with ordinality as wanted (event_key, event_type, occurred_at, place)
cross join storage_bounds
left join event_identity as identity on identity.event_key = wanted.event_key and identity.event_type = wanted.event_type
order by place`;

interface Row {
  readonly known: boolean;
  readonly fingerprint: string | null;
  readonly occurredAt: number | null;
  readonly belowFloor: boolean;
}

export class PostgresForeseenFacts extends ForeseenFacts {
  constructor(private readonly database: Database) {
    super();
  }

  async outcomes(events: readonly TrackedEvent[]): Promise<readonly MergeOutcome[]> {
    const { rows } = await this.database
      .writers()
      .query<Row>(FORESEE, [
        uuidArray(events.map(({ eventKey }) => eventKey)),
        textArray(events.map(({ eventType }) => eventType)),
        instantArray(events.map(({ occurredAt }) => occurredAt)),
      ]);
    return rows.map((row, index) => outcome(row, events[index]!));
  }
}

function outcome({ known, fingerprint, occurredAt, belowFloor }: Row, event: TrackedEvent): MergeOutcome {
  if (!known) return belowFloor ? 'below_floor' : 'merged';
  const stored = fingerprint === null ? null : BigInt(fingerprint);
  if (sameFingerprint(stored, event.fingerprint, false) === false) return 'conflicts';
  return occurredAt === event.occurredAt ? 'known' : 'restamped';
}
