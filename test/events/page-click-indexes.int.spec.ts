import { Client } from 'pg';
import { PageClickIndexes } from '../../src/events/infrastructure/postgres/keeping/page-click-indexes.js';
import { atRest, startApplication, type TestApplication } from '../support/application.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';

const WEEK = 7 * 86_400_000;
const OLD = 'events_page_key_occurred_at_x_y_scroll_y_idx';
const NEW = ['events_interactions_idx', 'events_other_clicks_idx', 'events_placed_clicks_idx'];
const never = new AbortController().signal;

describe('the index of page clicks is replaced by three', () => {
  let database: TestDatabase;
  let application: TestApplication;
  let sql: Client;
  const clients: Client[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    application = await startApplication(database.url);
    // One of its duties replaces the index.
    await atRest(application);
    sql = await connect();
    await recordRows(
      application.store,
      [0, 1, 2].map((n) => click(n, TEST_TIME - n * WEEK)),
    );
    await asBefore();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
    await application.close();
    await database.drop();
  });

  const connect = async () => {
    const client = new Client({ connectionString: database.url });
    clients.push(client);
    await client.connect();
    return client;
  };
  const click = (n: number, timestamp: number): Row => ({
    event_type: 'click',
    event_id: testUuid(n),
    timestamp,
    url: '/a',
    x: 0.5,
    y: 0.5,
  });
  /** The indexes that the migration leaves where there are partitions: the old index whole, the new ones declared and nothing more. */
  const asBefore = async () => {
    const { rows } = await sql.query<{ definition: string }>(
      'select pg_get_indexdef(oid) as definition from pg_class where relname = any ($1)',
      [NEW],
    );
    for (const name of NEW) await sql.query(`drop index ${name}`);
    for (const { definition } of rows) await sql.query(definition.replace(/ON (ONLY )?/, 'on only '));
    await sql.query(`create index ${OLD} on events (page_key, occurred_at) include (x, y, scroll_y)
      where event_type = 'click' and page_key is not null`);
  };
  /** The indexes of events, whether all partitions have them, and of how many. */
  const indexes = async () =>
    (
      await sql.query<{ name: string; valid: boolean; partitions: number }>(
        `select relname as name, indisvalid as valid, (select count(*)::int from pg_inherits where inhparent = indexrelid) as partitions
         from pg_index join pg_class on oid = indexrelid where indrelid = 'events'::regclass and relname = any ($1) order by 1`,
        [[OLD, ...NEW]],
      )
    ).rows;
  const replaced = async (partitions: number) =>
    expect(await indexes()).toEqual(NEW.map((name) => ({ name, valid: true, partitions })));

  const replace = (stopping = never) => application.app.get(PageClickIndexes).replace(stopping);

  it('of every week; a week that comes later has them too', async () => {
    const before = await indexes();
    expect(before.find(({ name }) => name === OLD)).toMatchObject({ valid: true });
    expect(before.filter(({ valid }) => !valid)).toHaveLength(3);
    const weeks = before.find(({ name }) => name === OLD)!.partitions;
    expect(await replace()).toBe(true);
    await replaced(weeks);
    expect(await replace()).toBe(false);
    await recordRows(application.store, [click(9, TEST_TIME + 8 * WEEK)]);
    await replaced(weeks + 1);
  });

  it('also of a week that was made while the new ones were only declared', async () => {
    await recordRows(application.store, [click(9, TEST_TIME + 8 * WEEK)]);
    const weeks = (await indexes()).find(({ name }) => name === OLD)!.partitions;
    expect(await replace()).toBe(true);
    await replaced(weeks);
  });

  it('goes on where it was interrupted: between two weeks, and in the middle of a build', async () => {
    const weeks = (await indexes()).find(({ name }) => name === OLD)!.partitions;
    const [{ partition }] = (
      await sql.query<{ partition: string }>(
        `select inhrelid::regclass::text as partition from pg_inherits where inhparent = 'events'::regclass order by 1 desc`,
      )
    ).rows as [{ partition: string }];
    // An older snapshot keeps a concurrent build from its end; what it leaves is there and not valid.
    const holder = await connect();
    await holder.query('begin isolation level repeatable read; select from events');
    const builder = await connect();
    const { rows: own } = await builder.query<{ pid: number }>('select pg_backend_pid() as pid');
    const half = builder.query(`create index concurrently ${partition}_placed_clicks_idx on ${partition} (page_key)`);
    const cancelled = expect(half).rejects.toMatchObject({ code: '57014' });
    await eventually(
      async () => {
        const cancel = `select pg_cancel_backend(pid) from pg_stat_activity where pid = $1 and wait_event = 'virtualxid'`;
        return (await sql.query(cancel, [own[0]!.pid])).rowCount === 1;
      },
      { within: 10_000, what: 'it waits for the older snapshot' },
    );
    await cancelled;
    await holder.query('rollback');
    const leftover = `select indisvalid from pg_index where indexrelid = '${partition}_placed_clicks_idx'::regclass`;
    expect((await sql.query(leftover)).rows).toEqual([{ indisvalid: false }]);
    // And another was built and not attached.
    const { rows } = await sql.query<{ definition: string }>(
      `select pg_get_indexdef('events_interactions_idx'::regclass) as definition`,
    );
    await sql.query(
      rows[0]!.definition.replace(/^.* USING /, `create index ${partition}_interactions_idx on ${partition} using `),
    );
    const stopped = AbortSignal.abort();
    expect(await replace(stopped)).toBe(false);
    expect(await replace()).toBe(true);
    await replaced(weeks);
  });

  it('recording goes on while somebody who reads for long keeps it from its end, and nobody waits behind it until that one is done', async () => {
    const weeks = (await indexes()).find(({ name }) => name === OLD)!.partitions;
    const holder = await connect();
    await holder.query('begin; select from events');
    let done = false;
    const replacing = replace().finally(() => (done = true));
    let n = 100;
    const record = () => recordRows(application.store, [click(n++, TEST_TIME)]);
    const attempts = () =>
      sql.query(`select from pg_stat_activity where query ilike '%index%' and datname = current_database() and pid <> pg_backend_pid()
        and wait_event_type = 'Lock'`);
    await eventually(async () => (await attempts()).rowCount! > 0, { within: 10_000, what: 'it waits for the reader' });
    // A lock that waits without a bound would let none of these through.
    for (let round = 0; round < 30; round++) await record();
    expect(done).toBe(false);
    await holder.query('rollback');
    await eventually(
      async () => {
        await record();
        return done;
      },
      { within: 30_000, what: 'it is done' },
    );
    expect(await replacing).toBe(true);
    await replaced(weeks);
    const { rows } = await sql.query('select count(*)::int as clicks from events');
    expect(rows).toEqual([{ clicks: n - 100 + 3 }]);
  }, 60_000);

  it('one replica does it, the other has nothing to do', async () => {
    const other = await startApplication(database.url);
    try {
      await atRest(other);
      await asBefore(); // for it has replaced the index at its start
      const outcomes = await Promise.all([replace(), other.app.get(PageClickIndexes).replace(never)]);
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      await replaced((await indexes())[0]!.partitions);
    } finally {
      await other.close();
    }
  });
});
