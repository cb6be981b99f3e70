import { readlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, renameDurably, syncFolder, writeDurably } from '../../src/platform/durable-file.js';
import { temporaryFolder } from '../support/run-folder.js';

const onLinux = process.platform === 'linux' ? describe : describe.skip;

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder('durable');
});

/** The files that are brought to the disk while `work` runs, in order, by the names that it has at that moment. */
async function synced(work: () => Promise<void>): Promise<string[]> {
  const handle = await open(folder, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its handle below
  const original = prototype.sync;
  const paths: string[] = [];
  prototype.sync = function (this: FileHandle) {
    paths.push(readlinkSync(`/proc/self/fd/${this.fd}`));
    return original.call(this);
  };
  try {
    await work();
  } finally {
    prototype.sync = original;
  }
  return paths.map((path) => path.slice(folder.length).replace(/\.\d+-\d+\.new$/, '.new'));
}

onLinux('what must survive a power cut', () => {
  test('a file is on the disk before it gets its name, and its name afterwards', async () => {
    const file = join(folder, 'broker.json');
    await writeFile(file, 'old');
    expect(await synced(() => writeDurably(file, 'new'))).toEqual(['/broker.json.new', '']);
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['broker.json']);
  });

  test('a folder is on the disk with everything in it before it gets its name', async () => {
    await mkdir(join(folder, 'partial/inner'), { recursive: true });
    await writeFile(join(folder, 'partial/a.jar'), 'a');
    await writeFile(join(folder, 'partial/inner/b.jar'), 'b');
    const paths = await synced(async () => {
      await syncFolder(join(folder, 'partial'));
      await renameDurably(join(folder, 'partial'), join(folder, 'lib'));
    });
    expect(paths.slice(0, -2).sort()).toEqual(['/partial/a.jar', '/partial/inner', '/partial/inner/b.jar']);
    expect(paths.slice(-2)).toEqual(['/partial', '']);
  });

  test('two writers at the same time leave one whole file', async () => {
    const file = join(folder, 'running.json');
    await Promise.all(['one', 'two', 'three'].map((content) => writeDurably(file, content)));
    expect(['one', 'two', 'three']).toContain(await readFile(file, 'utf8'));
    expect(await readdir(folder)).toEqual(['running.json']);
  });
});

describe('a JSON file', () => {
  test.each([
    ['empty', '', 'is empty'],
    ['of zeros', '\0\0\0\0', 'is broken'],
    ['cut off', '{"pid":12', 'is broken'],
    ['null', 'null', 'is broken'],
    ['a number', '12', 'is broken'],
    ['a list', '[]', 'is broken'],
  ])('that is %s counts as absent, and one line says so', async (_, content, words) => {
    const file = join(folder, 'broker.json');
    await writeFile(file, content);
    const lines: string[] = [];
    expect(await readJson(file, (line) => lines.push(line))).toBeNull();
    expect(lines).toEqual([`${file} ${words}, and taken as absent`]);
  });

  test('that is absent counts as that, without a word', async () => {
    const lines: string[] = [];
    expect(await readJson(join(folder, 'none.json'), (line) => lines.push(line))).toBeNull();
    expect(lines).toEqual([]);
  });

  test('that is whole is read', async () => {
    await writeFile(join(folder, 'whole.json'), '{"pid":12}');
    expect(await readJson(join(folder, 'whole.json'), () => undefined)).toEqual({ pid: 12 });
  });
});
