import fc from 'fast-check';
import { Client } from 'pg';
import { rebuildProjections } from '../../src/events/application/projections/rebuild-projections.js';
import { PostgresProjectionRepair } from '../../src/events/infrastructure/postgres/projections/postgres-projection-repair.js';
import { PostgresProjections } from '../../src/events/infrastructure/postgres/projections/postgres-projections.js';
import { BusyPages } from '../../src/heatmap/infrastructure/postgres/kept/busy-pages.js';
import { ErasureStore } from '../../src/people/application/erasure-store.port.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';
import { DAY, HOUR, MONDAY, PAGES, question, rows, USERS } from './random-heatmap.js';
import * as recount from './recount.js';

const PAGE = PAGES[0]!;
const ERASURE_KEY = 'the key of erasures in all tests, long enough';

type Json = Record<string, unknown>;

/** These come after a first answer: late events, and perhaps the erasure of a user. */
const stage = fc.record({ recorded: rows, erased: fc.option(fc.constantFrom(...USERS)) });

describe('the kept hours of busy pages', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let sql: Client;

  beforeAll(async () => {
    // A page of a test has few events, and would never count as busy.
    jest.spyOn(BusyPages.prototype, 'isBusy').mockReturnValue(true);
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url, { ERASURE_KEY }, MONDAY + 2 * DAY);
    await application.database.connect();
    sql = new Client({ connectionString: testDatabase.url });
    await sql.connect();
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await sql.end();
    await application.close();
    await testDatabase.drop();
  });
  beforeEach(() => sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m'));

  const request = async (path: string, method = 'GET'): Promise<Json> => {
    const response = await fetch(application.url + path, { method });
    const body = (await response.json()) as Json;
    if (response.status >= 300) throw new Error(JSON.stringify(body));
    return body;
  };
  const get = (query: Record<string, string | number | undefined>) => {
    const given = Object.entries(query).filter(([, value]) => value !== undefined) as [string, string][];
    return request(`/api/heatmap/summary?${new URLSearchParams(given).toString()}`);
  };
  const erase = (user: string) =>
    eventually(async () => (await request(`/users/${user}`, 'DELETE')).state === 'done', {
      within: 60_000,
      what: 'the person is erased',
    });
  const asked = { page_url: PAGE, from: MONDAY - DAY, to: MONDAY + DAY };
  const clicks = async () => (await get(asked)).total_clicks;
  const click = (n: number, fields: Partial<Row> = {}): Row => ({
    event_type: 'click',
    event_id: testUuid(n),
    timestamp: MONDAY,
    url: PAGE,
    x: 0.5,
    y: 0.5,
    ...fields,
  });

  it('give every figure as a recount does, whatever comes late and whoever is erased', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.array(stage, { minLength: 1, maxLength: 2 }),
        fc.array(question, { minLength: 1, maxLength: 3 }),
        async (first, later, questions) => {
          await sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
          run += 1; // whoever was erased in another run stays so
          let facts: Row[] = [];
          const gone = new Set<unknown>();
          for (const [n, { recorded, erased }] of [{ recorded: first, erased: null }, ...later].entries()) {
            const named = recorded.map((row, at) => ({
              ...row,
              event_id: testUuid(1000 * n + at),
              user_id: `${String(row.user_id)}-${run}`,
            }));
            await recordRows(application.store, named);
            if (erased !== null) {
              await erase(`${erased}-${run}`);
              gone.add(`${erased}-${run}`);
            }
            facts = [...facts, ...named].filter(({ user_id }) => !gone.has(user_id));
            for (const { one, other, page, device, rows: lines, columns } of questions) {
              const [from, to] = [Math.min(one, other), Math.max(one, other)];
              const grid = { rows: lines, columns };
              const expected = recount.summary(facts, { page, from, to, device, ...grid });
              expect(await get({ page_url: page, from, to, device, ...grid })).toMatchObject(expected);
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 300_000);

  it('are not read again while their counts are the same rows', async () => {
    await recordRows(application.store, [click(1), click(2)]);
    expect(await clicks()).toBe(2);
    // Nothing in the service does this.
    await sql.query('update events set page_key = null where event_key = $1', [testUuid(1)]);
    expect(await clicks()).toBe(2);
    await recordRows(application.store, [click(3, { timestamp: MONDAY + HOUR })]);
    expect(await clicks()).toBe(3);
    await recordRows(application.store, [click(4, { url: '/another' })]);
    expect(await clicks()).toBe(2);
  });

  it('are read again after any erasure, of another hour and person too', async () => {
    await recordRows(application.store, [click(1), click(2, { user_id: 'gone', timestamp: MONDAY + DAY })]);
    expect(await clicks()).toBe(2);
    await sql.query('update events set page_key = null where event_key = $1', [testUuid(1)]);
    await erase('gone');
    expect(await clicks()).toBe(0);
  });

  it('are read again after a merge erased whom another region knows by the same events', async () => {
    await erase('twin');
    await recordRows(application.store, [click(1)]);
    await sql.query(`update events set user_id = 'twin'`);
    expect(await clicks()).toBe(1);
    await application.app.get(ErasureStore).eraseTwins([{ eventKey: testUuid(1), eventType: 'click' }]);
    expect(await clicks()).toBe(0);
  });

  it('are read again after a rebuild, though the counts are as high as before', async () => {
    await recordRows(application.store, [click(1), click(2)]);
    expect(await clicks()).toBe(2);
    await sql.query('delete from events where event_key = $1', [testUuid(1)]);
    const projections = new PostgresProjections(sql);
    const repair = await PostgresProjectionRepair.take(sql, projections);
    await rebuildProjections(projections, repair, { sliceMs: HOUR, restart: true }, () => undefined);
    await recordRows(application.store, [click(3, { url: '/another' })]);
    const { rows: counts } = await sql.query('select n::int from event_counts_15m');
    expect(counts).toEqual([{ n: 2 }]);
    expect(await clicks()).toBe(1);
  });

  it('are whole: what a window had of an hour at its end does not stand for the hour', async () => {
    const minute = 60_000;
    await recordRows(application.store, [
      click(1, { timestamp: MONDAY + 10 * minute }),
      click(2, { timestamp: MONDAY + 12 * minute }),
    ]);
    expect((await get({ ...asked, to: MONDAY + 11 * minute })).total_clicks).toBe(1);
    expect(await clicks()).toBe(2);
    expect((await get({ ...asked, from: MONDAY + 11 * minute })).total_clicks).toBe(1);
  });

  it('are read each time as long as they still get events', async () => {
    await recordRows(application.store, [click(1)]);
    application.clock.time = MONDAY + HOUR + 15 * 60_000 - 1;
    expect(await clicks()).toBe(1);
    await sql.query('update events set page_key = null');
    expect(await clicks()).toBe(0);
    application.clock.time = MONDAY + 2 * DAY;
  });
});
