import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../../src/platform/postgres/migrate.js';
import { migrationsOf } from '../../../src/platform/slice.js';
import * as catalogue from '../../../src/slices.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { schemaOf } from '../../support/schema.js';
import { eventually } from '../../support/waiting.js';

/** Applied before migrations were files. */
const THE_FIVE = [
  'Events1763700000000',
  'DeadLetterReplays1763800000000',
  'ConsumerProgress1763900000000',
  'ProjectionRebuild1764000000000',
  'ReadIndexes1764100000000',
];

describe('the migrations of the service', () => {
  const databases: TestDatabase[] = [];
  const clients: Client[] = [];

  const open = async (database: TestDatabase): Promise<Client> => {
    databases.push(database);
    const client = new Client({ connectionString: database.url });
    clients.push(client);
    await client.connect();
    return client;
  };

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
    await Promise.all(databases.splice(0).map((database) => database.drop()));
  });

  it('find nothing to do in a database that their predecessors made, and its first five tables are those of a new one', async () => {
    const database = await createEmptyDatabase();
    const old = await open(database);
    await old.query(await readFile(join('test/events/migrations/left-by-classes.sql'), 'utf8'));
    const applied = await migrate(database.url, migrationsOf(Object.values(catalogue)));
    // Later ones may follow, and are then the only ones.
    expect(applied.filter((name) => THE_FIVE.includes(name))).toEqual([]);

    const fresh = await open(await createTestDatabase());
    expect(await schemaOf(old)).toEqual(await schemaOf(fresh));
    const names = async (client: Client) =>
      (await client.query<{ name: string }>('select name from migrations order by id')).rows.map(({ name }) => name);
    expect((await names(fresh)).slice(0, 5)).toEqual(THE_FIVE);
    expect((await names(old)).slice(0, 5)).toEqual(THE_FIVE);
    expect((await names(old)).sort()).toEqual((await names(fresh)).sort());
  });

  it('run once when several replicas start at the same time on an empty database', async () => {
    const database = await createEmptyDatabase();
    const applied = await Promise.all(
      Array.from({ length: 3 }, () => migrate(database.url, migrationsOf(Object.values(catalogue)))),
    );
    databases.push(database);
    expect(applied.flat().slice(0, 5)).toEqual(THE_FIVE);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  });

  it('add the columns of interactions behind nobody: who reads events for long holds up the migration, and nobody else', async () => {
    const database = await createEmptyDatabase();
    const [holder, other] = [await open(database), new Client({ connectionString: database.url })];
    clients.push(other);
    await other.connect();
    await holder.query(await readFile(join('test/events/migrations/left-by-classes.sql'), 'utf8'));
    await holder.query('begin');
    await holder.query('select from events');
    let migrated = false;
    const migrating = migrate(database.url, migrationsOf(Object.values(catalogue))).finally(() => (migrated = true));
    const waiting = () =>
      other.query(
        `select from pg_locks where relation = 'events'::regclass and mode = 'AccessExclusiveLock' and not granted`,
      );
    // Without a bound on its waits, every statement after this would wait until the holder is done: longer than ten seconds.
    await eventually(async () => expect((await waiting()).rowCount).toBe(1), {
      within: 20_000,
      what: 'the migration waits',
    });
    await other.query(`set statement_timeout = '10s'`);
    for (let n = 0; n < 5; n++) await other.query('select from events');
    expect(migrated).toBe(false);
    await holder.query('rollback');
    expect(await migrating).toContain('Interactions1764300000000');
    expect((await other.query('select interaction, view_id, target from events')).rowCount).toBe(0);
  }, 60_000);
});
