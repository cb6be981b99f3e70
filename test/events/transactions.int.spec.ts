import { TransactionIndex } from '../../src/events/infrastructure/postgres/keeping/transaction-index.js';
import { recordRows, trackedRow, type Row } from '../support/record-rows.js';
import { useServiceForEach } from '../support/used-service.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const WEEK = 7 * 86_400_000;
const click = (event_id: string, timestamp = NOON): Row => ({ event_type: 'click', event_id, timestamp });

const INDEXES = `
select indrelid::regclass::text as partition, indisvalid as valid
from pg_inherits join pg_index on indexrelid = inhrelid
where inhparent = 'events_tx_ranges_idx'::regclass order by 1`;

/** A replica of the release before: its COPY names no column `tx`. */
const OLDER_COPY = `
insert into events (event_key, event_type, event_id, occurred_at, received_at, user_id, intake)
values (gen_random_uuid(), 'click', 'older', '2026-01-15T12:00:00Z', '2026-01-15T12:00:00Z', 'u', 'http')`;

describe('the transaction of an event', () => {
  const service = useServiceForEach();

  const transactions = async () =>
    (
      await service.sql.query<{ event_id: string; tx: string; own: string }>(
        'select event_id, tx, xmin::text as own from events',
      )
    ).rows;

  it('is the one that wrote it, with and without duplicates beside it, and of a replica of the release before', async () => {
    await recordRows(service.store, [click('a'), click('b')]);
    await service.store.append([trackedRow(click('a')), trackedRow(click('c'))]);
    await service.sql.query(OLDER_COPY);
    const rows = await transactions();
    expect(rows.map(({ event_id }) => event_id).sort()).toEqual(['a', 'b', 'c', 'older']);
    // The row header has the lower 32 bits.
    for (const { tx, own } of rows) expect(BigInt(tx) & 0xffffffffn).toBe(BigInt(own));
    expect(new Set(rows.map(({ tx }) => tx)).size).toBe(3);
  });

  it('has an index in every new partition, and in those that had none once it is built', async () => {
    await recordRows(service.store, [click('a'), click('b', NOON + WEEK), click('c', NOON + 2 * WEEK)]);
    const all = (await service.sql.query<{ partition: string; valid: boolean }>(INDEXES)).rows;
    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(all.every(({ valid }) => valid)).toBe(true);

    // As the migration leaves partitions that were there before it; of one of them a build ended half-way.
    await service.sql.query('drop index events_tx_ranges_idx');
    await service.sql.query(
      'create index events_tx_ranges_idx on only events using brin (tx int8_minmax_multi_ops) with (pages_per_range = 32)',
    );
    await service.sql.query('create index events_w20260112_tx_ranges_idx on events_w20260112 using brin (tx)');
    await service.sql.query(
      `update pg_index set indisvalid = false where indexrelid = 'events_w20260112_tx_ranges_idx'::regclass`,
    );
    const keeper = service.app.get(TransactionIndex);
    expect(await keeper.build(new AbortController().signal)).toBe(all.length);
    expect((await service.sql.query(INDEXES)).rows).toEqual(all);
    const { rows } = await service.sql.query(
      `select indisvalid from pg_index where indexrelid = 'events_tx_ranges_idx'::regclass`,
    );
    expect(rows).toEqual([{ indisvalid: true }]);
    expect(await keeper.build(new AbortController().signal)).toBe(0);
  });
});
