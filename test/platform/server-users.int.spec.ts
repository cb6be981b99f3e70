import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startOf } from '../../src/platform/running-process.js';
import { ServerUsers } from '../../src/platform/server-users.js';
import { temporaryFolder } from '../support/run-folder.js';

let folder: string;
beforeEach(async () => {
  folder = join(await temporaryFolder('users'), 'postgres');
});

const join_ = async () => (await ServerUsers.join(folder, () => Promise.resolve('server'))).users;
const write = async (name: string, content: string) => {
  await mkdir(join(folder, 'users'), { recursive: true });
  await writeFile(join(folder, 'users', name), content);
};
const stopsWhenLeft = async (users: ServerUsers) => {
  let stopped = false;
  await users.leave(() => Promise.resolve(void (stopped = true)));
  return stopped;
};

test('whoever leaves last stops the server', async () => {
  const users = await join_();
  await write(String(process.ppid), (await startOf(process.ppid))!);
  expect(await stopsWhenLeft(users)).toBe(false);
  expect(await readdir(join(folder, 'users'))).toEqual([String(process.ppid)]);

  await write(String(process.ppid), 'another life');
  expect(await stopsWhenLeft(await join_())).toBe(true);
  expect(await readdir(join(folder, 'users'))).toEqual([]);
});

test.each([
  ['a process that is gone', '999999999', 'some time'],
  ['a living process that began at another time: its id was given again', '1', 'some time'],
  ['a living process without a time: the file was cut off', '1', ''],
  ['no process at all', 'notes.txt', 'some time'],
])('%s is no user', async (_, name, content) => {
  await write(name, content);
  expect(await stopsWhenLeft(await join_())).toBe(true);
});

test('a server that could not be opened has no user, and the next may try', async () => {
  await expect(ServerUsers.join(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await stopsWhenLeft(await join_())).toBe(true);
});

test('while one opens the server nobody else opens or stops it', async () => {
  const first = await join_();
  const order: string[] = [];
  let opened!: () => void;
  const opening = ServerUsers.join(folder, async () => {
    await new Promise<void>((resolve) => (opened = resolve));
    order.push('opened');
  });
  while (opened === undefined) await new Promise((resolve) => setImmediate(resolve));
  const second = ServerUsers.join(folder, () => Promise.resolve(order.push('second')));
  const left = first.leave(() => Promise.resolve(void order.push('stopped')));
  opened();
  await Promise.all([opening, second, left]);
  expect(order[0]).toBe('opened');
});

test('the start of a process is told the same each time, differs between processes, and is none of a dead one', async () => {
  const ours = await startOf(process.pid);
  expect(ours).toBe(await startOf(process.pid));
  expect(ours).toMatch(/\d/);
  expect(ours).not.toBe(await startOf(process.ppid));
  expect(await startOf(999_999_999)).toBeNull();
});
