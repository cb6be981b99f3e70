import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { PartitionKeeper } from '../../src/events/infrastructure/postgres/keeping/partition-keeper.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { Merger } from '../../src/regions/application/merging/merger.js';
import { RegionList } from '../../src/regions/domain/region-list.js';
import { HttpOtherRegion } from '../../src/regions/infrastructure/http/http-other-region.js';
import { startApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { temporaryFolder } from '../support/run-folder.js';
import { eventually } from '../support/waiting.js';
import { OwnServer } from './own-server.js';
import { type Name, partsOf, tallyOf, TestRegion } from './two-regions.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const events = (prefix: string, count: number): Row[] =>
  Array.from({ length: count }, (_, n) => ({ event_type: 'click', event_id: `${prefix}-${n}`, timestamp: NOON + n }));
const SOON = { within: 30_000 };

/**
 * The database of region B ends, and another one takes its place that lacks what B committed last and gives out the same ids of
 * transactions again. What B lost is in A, which had merged it; what the new one records is not. After a merge each way both are equal.
 */
describe('a region whose database lives a second time', () => {
  let database: TestDatabase;
  let a: TestRegion;
  let primary: OwnServer;
  const servers: OwnServer[] = [];
  const regions: TestRegion[] = [];

  const regionOn = async (name: Name, url: string): Promise<TestRegion> => {
    const service = await startApplication(url, { REGION: name, PULSAR_CLUSTER: `cluster-${name}` });
    await service.database.connect();
    const sql = await connected(url);
    const region = new TestRegion(name, service, sql, url);
    regions.push(region);
    return region;
  };
  const connected = async (url: string): Promise<Client> => {
    const sql = new Client({ connectionString: url, options: '-c timezone=UTC' });
    sql.on('error', () => undefined); // its server stops before it
    await sql.connect();
    return sql;
  };
  const close = async (region: TestRegion) => {
    regions.splice(regions.indexOf(region), 1);
    await region.service.close();
    await region.sql.end();
  };
  const record = ({ service }: TestRegion, rows: readonly Row[]) => recordRows(service.store, rows);
  /** Lets ids of transactions go by, as other work in a database does. */
  const useIds = async ({ sql }: TestRegion, count: number) => {
    for (let n = 0; n < count; n++) await sql.query('select pg_current_xact_id()');
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    a = await regionOn('a', database.url);
    primary = await OwnServer.start();
  }, 180_000);
  afterEach(async () => {
    for (const region of [...regions]) await close(region);
    for (const server of [primary, ...servers.splice(0)]) await server.stop();
    await database.drop();
  }, 180_000);

  const merge = async (into: TestRegion, from: TestRegion) => {
    await from.settled();
    const config = into.service.config.with({ REGIONS: RegionList.parse(`${from.name}=${from.service.url}`) });
    const other = new HttpOtherRegion(config, new Clock(), 7);
    try {
      const merger = new Merger({ ...partsOf(into.service), config, other });
      const asked = { region: from.name, since: null, dryRun: false, actor: 'a test' };
      const report = await (await merger.begin(asked, new AbortController().signal)).done;
      expect(report).toMatchObject({ state: 'done', code: null });
      return tallyOf(report);
    } finally {
      await other.onModuleDestroy();
    }
  };
  const same = async (b: TestRegion, count: number) => {
    const facts = await a.facts();
    expect(facts).toHaveLength(count);
    expect(await b.facts()).toEqual(facts);
  };
  const historyOf = async ({ sql }: TestRegion) => {
    const { rows } = await sql.query<{ system: string; timeline: string }>(
      `select system_identifier::text as system, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline from pg_control_system()`,
    );
    return rows[0]!;
  };
  const idsOfTransactions = async ({ sql }: TestRegion, prefix: string) => {
    const { rows } = await sql.query<{ tx: string }>('select tx from events where event_id like $1', [`${prefix}-%`]);
    return rows.map(({ tx }) => BigInt(tx));
  };
  /** The new database has given out an id again that the old one gave to what it lost. */
  const givesOutIdsAgain = (lost: readonly bigint[], anew: readonly bigint[]) => {
    const last = lost.reduce((most, id) => (id > most ? id : most));
    expect(anew.some((id) => id <= last)).toBe(true);
  };

  it('as a standby that was promoted and lacks the last events', async () => {
    let b = await regionOn('b', primary.url);
    await record(b, events('before', 20));
    await close(b);
    const { server, copy } = await primary.copied();
    primary = server;
    const { hostname, port, username, password } = new URL(primary.url);
    const standby = await OwnServer.awaken(copy, {
      signal: 'standby.signal',
      settings: { primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password}` },
    });
    servers.push(standby);

    b = await regionOn('b', primary.url);
    await record(b, events('followed', 20));
    const follower = await connected(standby.url);
    const replayed = async () =>
      (await follower.query(`select from events where event_id like 'followed-%'`)).rowCount === 20;
    await eventually(replayed, { ...SOON, what: 'the standby has followed' });
    expect(await merge(a, b)).toEqual({ merged: 40 });
    // Cut off: what is recorded from now on never reaches the standby.
    await follower.query(`alter system set primary_conninfo = ''`);
    await follower.query('select pg_reload_conf()');
    const alone = async () => (await follower.query('select from pg_stat_wal_receiver')).rowCount === 0;
    await eventually(alone, { ...SOON, what: 'the standby is cut off' });
    await useIds(b, 100);
    await record(b, events('lost', 20));
    expect(await merge(a, b)).toEqual({ merged: 20 });
    const lost = await idsOfTransactions(b, 'lost');
    const before = await historyOf(b);
    await close(b);
    await primary.stop();

    await follower.query('select pg_promote()');
    await follower.end();
    b = await regionOn('b', standby.url);
    expect(await historyOf(b)).toEqual({ system: before.system, timeline: '00000002' });
    await record(b, events('after', 20));
    givesOutIdsAgain(lost, await idsOfTransactions(b, 'after'));
    expect(await merge(a, b)).toEqual({ merged: 20, known: 40 });
    expect(await merge(b, a)).toEqual({ merged: 20, known: 60 });
    await same(b, 80);
    expect(await merge(a, b)).toEqual({ known: 20 });
    expect(await merge(a, b)).toEqual({});
  }, 180_000);

  it('restored to a point in time from a copy of its files', async () => {
    let b = await regionOn('b', primary.url);
    await record(b, events('before', 20));
    await close(b);
    const { server, copy } = await primary.copied();
    primary = server;
    b = await regionOn('b', primary.url);
    await useIds(b, 100);
    await record(b, events('lost', 20));
    expect(await merge(a, b)).toEqual({ merged: 40 });
    const lost = await idsOfTransactions(b, 'lost');
    await close(b);
    await primary.stop();

    const restored = await OwnServer.awaken(copy, {
      signal: 'recovery.signal',
      settings: { restore_command: '/bin/false' },
    });
    servers.push(restored);
    b = await regionOn('b', restored.url);
    expect((await historyOf(b)).timeline).toBe('00000002');
    await record(b, events('after', 20));
    givesOutIdsAgain(lost, await idsOfTransactions(b, 'after'));
    expect(await merge(a, b)).toEqual({ merged: 20, known: 20 });
    expect(await merge(b, a)).toEqual({ merged: 20, known: 40 });
    await same(b, 60);
  }, 180_000);

  it('restored row by row into another server, whose ids are behind those in its rows', async () => {
    let b = await regionOn('b', primary.url);
    // A server that has been in use: its ids are further on than those of a new one.
    await useIds(b, 500);
    await record(b, events('before', 20));
    const dump = await dumpOf(b);
    await record(b, events('lost', 20));
    expect(await merge(a, b)).toEqual({ merged: 40 });
    const before = await historyOf(b);
    await close(b);

    const another = await OwnServer.start();
    servers.push(another);
    b = await regionOn('b', another.url);
    await b.service.app.get(PartitionKeeper).ensure([NOON]);
    await load(b, dump);
    expect((await historyOf(b)).system).not.toBe(before.system);
    await record(b, events('after', 20));
    expect(await merge(a, b)).toEqual({ merged: 20, known: 20 });
    expect(await merge(b, a)).toEqual({ merged: 20, known: 40 });
    await same(b, 60);
    expect(await merge(a, b)).toEqual({ known: 20 });
    expect(await merge(a, b)).toEqual({});
  }, 180_000);

  const TABLES = ['event_identity', 'events', 'event_counts_2s', 'event_counts_15m'];
  /** As pg_dump has them. */
  const dumpOf = async ({ sql }: TestRegion): Promise<string> => {
    const folder = await temporaryFolder('dump');
    for (const table of TABLES) {
      const rows = sql.query(copyTo(`copy (select * from ${table}) to stdout`));
      await pipeline(rows, createWriteStream(join(folder, table)));
    }
    return folder;
  };
  const load = async ({ sql }: TestRegion, folder: string) => {
    for (const table of TABLES) {
      await pipeline(createReadStream(join(folder, table)), sql.query(copyFrom(`copy ${table} from stdin`)));
    }
  };
});
