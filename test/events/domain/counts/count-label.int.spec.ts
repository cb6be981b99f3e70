import fc from 'fast-check';
import {
  bucketSql,
  FINE_BUCKET_MS,
  QUARTER_HOUR_MS,
  startOfBucket,
} from '../../../../src/events/domain/counts/count-buckets.js';
import { COUNT_LABEL_SQL, countLabel } from '../../../../src/events/domain/counts/count-label.js';
import { EVENT_TYPES, type EventType } from '../../../../src/events/domain/incoming-event.js';
import { TEST_TIME, testUuid } from '../../../support/events.js';
import { trackedRow } from '../../../support/record-rows.js';
import { useService } from '../../../support/used-service.js';

const WEEK = 7 * 86_400_000;

/** Fields of every type on events of every type, as senders do. */
const row = fc.record(
  {
    event_type: fc.constantFrom(...EVENT_TYPES),
    timestamp: fc.oneof(
      fc.integer({ min: TEST_TIME - WEEK, max: TEST_TIME }),
      fc
        .tuple(fc.integer({ min: 0, max: 600 }), fc.constantFrom(-1, 0, 1, FINE_BUCKET_MS - 1, FINE_BUCKET_MS))
        .map(([quarters, shift]) => TEST_TIME - quarters * QUARTER_HOUR_MS + shift),
      // Before the epoch, where rounding toward zero would be another bucket.
      // As text: so small a number would be seconds.
      fc.integer({ min: -WEEK, max: WEEK }).map((ms) => new Date(ms).toISOString()),
    ),
    reaction: fc.constantFrom('cheers', 'hate'),
    view: fc.constantFrom('view', 'scroll'),
    currency: fc.constantFrom('EUR', 'USD', 'XXX'),
    amount: fc.constantFrom('19.90', '0', '0.0001'),
    conversion_type: fc.constantFrom('signup', 'EUR', 'cheers'),
  },
  { requiredKeys: ['event_type', 'timestamp'] },
);

/** On a click an interaction stands for itself; on other events it is a free field. */
function interactionOf<Fields extends { event_type: EventType; view?: string; reaction?: string }>({
  view,
  reaction,
  ...fields
}: Fields) {
  if (view === undefined) return { ...fields, ...(reaction === undefined ? {} : { reaction }) };
  return { ...fields, interaction: view, url: '/a', view_id: 'v', scroll_depth: 0.5 };
}

describe('what a count is made of, in TypeScript and in SQL', () => {
  const service = useService();

  beforeAll(async () => {
    // The floor stands at the beginning of the epoch: here events lie before it.
    await service.sql.query(`update storage_bounds set retention_floor = '1960-01-04Z', fine_horizon = '1960-01-04Z'`);
  });

  it('label and buckets of a stored fact are those of the event', async () => {
    const rows = fc.sample(row, { numRuns: 2_000, seed: 20261126 });
    const events = rows.map((fields, n) => trackedRow({ ...interactionOf(fields), event_id: testUuid(n) }));
    const verdicts = await service.store.append(events);
    expect(verdicts.filter(({ status }) => status !== 'recorded')).toEqual([]);

    const { rows: stored } = await service.sql.query<{ id: string; label: string; fine: string; quarter: string }>(
      `select event_id as id, ${COUNT_LABEL_SQL} as label,
         extract(epoch from ${bucketSql('occurred_at', FINE_BUCKET_MS)})::float8 * 1000 as fine,
         extract(epoch from ${bucketSql('occurred_at', QUARTER_HOUR_MS)})::float8 * 1000 as quarter
       from events order by event_id`,
    );
    expect(stored).toEqual(
      events.map((event) => ({
        id: event.eventId,
        label: countLabel(event),
        fine: startOfBucket(event.occurredAt, FINE_BUCKET_MS),
        quarter: startOfBucket(event.occurredAt, QUARTER_HOUR_MS),
      })),
    );
    expect(new Set(stored.map(({ label }) => label))).toEqual(
      new Set(['', 'cheers', 'hate', 'view', 'scroll', 'EUR', 'USD', 'XXX']),
    );
  });
});
