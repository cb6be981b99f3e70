import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../../src/platform/postgres/migrate.js';
import { Migrations } from '../../../src/platform/postgres/migrations.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/postgres.js';
import { temporaryFolder } from '../../support/run-folder.js';

describe('migrate', () => {
  let database: TestDatabase;
  let sql: Client;
  let folder: string;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    folder = await temporaryFolder('migrations');
  });
  afterEach(async () => {
    await sql.end();
    await database.drop();
  });

  /** Makes the migrations of two slices. */
  const write = async (files: Readonly<Record<string, string>>): Promise<Migrations> => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    return new Migrations([join(folder, 'one'), join(folder, 'other')]);
  };
  const NOTHING = { 'one/1700000000000-nothing.sql': 'select 1', 'other/1700000000001-nothing-else.sql': 'select 1' };

  it('runs the files of all folders in the order of their times, each once', async () => {
    const migrations = await write({
      'one/1700000000001-things.sql': 'create table things (id int primary key);\n',
      'one/1700000000003-more-of-2-things.sql': 'alter table things add column size int default 3;\n',
      'other/1700000000002-first-thing.sql':
        '-- With a comment; and more.\ninsert into things values (1);\ninsert into things values (2);',
    });
    expect(await migrate(database.url, migrations)).toEqual([
      'Things1700000000001',
      'FirstThing1700000000002',
      'MoreOf2Things1700000000003',
    ]);
    expect((await sql.query('select * from things order by id')).rows).toEqual([
      { id: 1, size: 3 },
      { id: 2, size: 3 },
    ]);
    expect(await migrate(database.url, migrations)).toEqual([]);

    // One that comes later with an earlier time, as a slice that was long on its branch has it.
    await write({ 'other/1699999999999-late.sql': 'create table late (id int);' });
    expect(await migrate(database.url, migrations)).toEqual(['Late1699999999999']);
  });

  it('takes back the one that fails, keeps those before it, and goes on there the next time', async () => {
    const migrations = await write({
      ...NOTHING,
      'one/1700000000002-fails.sql': 'create table half (id int);\ncreate table half (id int);',
    });
    await expect(migrate(database.url, migrations)).rejects.toThrow('already exists');
    expect((await sql.query(`select to_regclass('half') as half`)).rows).toEqual([{ half: null }]);
    await write({ 'one/1700000000002-fails.sql': 'create table half (id int);' });
    expect(await migrate(database.url, migrations)).toEqual(['Fails1700000000002']);
  });

  it('runs a file that says so outside a transaction, while other replicas wait for their turn', async () => {
    const migrations = await write({
      'one/1700000000001-things.sql':
        'create table things (id int); insert into things select generate_series(1, 300000);',
      'other/1700000000002-index.sql': `-- no transaction
-- Left invalid by one that was interrupted; what follows
-- is on two lines.
drop index concurrently if exists things_id;
create index concurrently things_id
  on things (id);
`,
    });
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, migrations)));
    expect(applied.flat()).toEqual(['Things1700000000001', 'Index1700000000002']);
    const { rows } = await sql.query(`select indisvalid from pg_index where indexrelid = 'things_id'::regclass`);
    expect(rows).toEqual([{ indisvalid: true }]);
  });

  it('a file that does not say so cannot', async () => {
    const migrations = await write({
      ...NOTHING,
      'one/1700000000002-index.sql': 'create table things (id int);\ncreate index concurrently on things (id);',
    });
    await expect(migrate(database.url, migrations)).rejects.toThrow('cannot run inside a transaction block');
  });

  it.each([
    ['one/1700000000002-Upper.sql', 'is no migration'],
    ['one/notes.txt', 'is no migration'],
    ['one/17000000-short.sql', 'is no migration'],
    ['one/1700000000001-same-time.sql', 'have the same time'],
  ])('refuses %s, and then runs none', async (file, says) => {
    const migrations = await write({ ...NOTHING, [file]: 'select 1' });
    await expect(migrate(database.url, migrations)).rejects.toThrow(says);
    expect((await sql.query(`select to_regclass('migrations') as made`)).rows).toEqual([{ made: null }]);
  });
});
