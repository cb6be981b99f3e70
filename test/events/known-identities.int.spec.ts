import { Client } from 'pg';
import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import { trackedRow } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';
import { watchStatements } from '../support/writer-statements.js';
import { useServiceForEach } from '../support/used-service.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const clicks = (...ids: string[]): TrackedEvent[] =>
  ids.map((event_id) => trackedRow({ event_type: 'click', event_id, timestamp: NOON }));

/** Identities go in by COPY while all are new; one that is known makes the batch, and those after it, be looked up. */
describe('a batch with identities that are known', () => {
  const service = useServiceForEach();
  let ways: string[];

  beforeEach(() => {
    ways = [];
    watchStatements(service, (text) => {
      if (/^\s*copy event_identity/.test(text)) ways.push('copied');
      if (/^\s*insert into event_identity/.test(text)) ways.push('looked up');
    });
  });

  const append = async (...ids: string[]) => (await service.store.append(clicks(...ids))).map(({ status }) => status);

  async function expectRows(count: number): Promise<void> {
    const { rows } = await service.sql.query(`
      select (select count(*)::int from events) as facts, (select count(*)::int from event_identity) as identities,
             (select sum(n)::int from event_counts_2s) as fine, (select sum(n)::int from event_counts_15m) as quarters`);
    expect(rows).toEqual([{ facts: count, identities: count, fine: count, quarters: count }]);
  }

  it('is looked up, whatever stands beside them', async () => {
    expect(await append('a', 'b')).toEqual(['recorded', 'recorded']);
    expect(ways).toEqual(['copied']);
    expect(await append('c', 'b', 'd')).toEqual(['recorded', 'duplicate', 'recorded']);
    expect(ways).toEqual(['copied', 'copied', 'looked up']);
    await expectRows(4);
  });

  it('is looked up at once while duplicates keep coming, and copied again after a batch without', async () => {
    await append('a', 'b');
    await append('a');
    ways.length = 0;
    expect(await append('a', 'b')).toEqual(['duplicate', 'duplicate']);
    expect(await append('b', 'c')).toEqual(['duplicate', 'recorded']);
    expect(await append('d')).toEqual(['recorded']);
    expect(ways).toEqual(['looked up', 'looked up', 'looked up']);
    ways.length = 0;
    expect(await append('e')).toEqual(['recorded']);
    expect(ways).toEqual(['copied']);
    await expectRows(5);
  });

  it.each([
    { end: 'commit', status: 'duplicate' },
    { end: 'rollback', status: 'recorded' },
  ])('waits for another writer of the same identity; after its $end it is $status', async ({ end, status }) => {
    const [event] = clicks('a');
    const other = new Client({ connectionString: service.databaseUrl });
    await other.connect();
    await other.query('begin');
    await other.query('insert into event_identity values ($1, $2, $3, $4)', [
      event!.eventKey,
      'click',
      event!.fingerprint,
      new Date(NOON),
    ]);
    const waiting = append('a');
    await eventually(
      async () =>
        (
          await service.sql.query(
            `select from pg_stat_activity where datname = current_database() and application_name = 'monitoreo-writer' and wait_event = 'transactionid'`,
          )
        ).rowCount === 1,
      { within: 5000, what: 'the writer waits for the other transaction' },
    );
    await other.query(end);
    await other.end();
    expect(await waiting).toEqual([status]);
    expect((await service.sql.query('select from events')).rowCount).toBe(status === 'recorded' ? 1 : 0);
  });
});
