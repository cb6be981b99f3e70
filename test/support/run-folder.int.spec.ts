import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../src/platform/running-process.js';
import { removeAbandonedRuns, temporaryFolder } from './run-folder.js';

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const process_ = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(process_, 'exit');
  return process_.pid!;
}

describe('the folders of runs that were killed', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await temporaryFolder('abandoned');
  });

  const runOf = async (pid: number) => {
    const pulsar = join(parent, `monitoreo-test-${pid}-x`, 'pulsar');
    await mkdir(pulsar, { recursive: true });
    return pulsar;
  };

  test.each([
    ['empty', ''],
    ['cut off', '{"pid":12'],
    ['zeros', '\0'.repeat(32)],
    ['a list', '[1]'],
    ['without a pid', '{}'],
    ['with a pid that is no number', '{"pid":"../.."}'],
    ['with the pid of nobody', '{"pid":-1}'],
  ])('are removed with a broker.json that is %s', async (_, content) => {
    await writeFile(join(await runOf(await deadPid()), 'broker.json'), content);
    await removeAbandonedRuns(parent);
    expect(await readdir(parent)).toEqual([]);
  });

  test('are removed with a folder in the place of broker.json', async () => {
    await mkdir(join(await runOf(await deadPid()), 'broker.json'));
    await removeAbandonedRuns(parent);
    expect(await readdir(parent)).toEqual([]);
  });

  test('are removed with their server; those of a run that lives, and of others, stay', async () => {
    const pulsar = await runOf(await deadPid());
    const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', pulsar], { stdio: 'ignore' });
    await writeFile(join(pulsar, 'broker.json'), JSON.stringify({ pid: server.pid }));
    await runOf(process.pid);
    await mkdir(join(parent, 'monitoreo-test-other'));
    await removeAbandonedRuns(parent);
    expect(isAlive(server.pid!)).toBe(false);
    expect((await readdir(parent)).sort()).toEqual([`monitoreo-test-${process.pid}-x`, 'monitoreo-test-other'].sort());
  });
});
