import { open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

let written = 0;

/**
 * Replaces the file. After a crash or a power cut it has the old content or the new one. (A rename alone may survive without
 * the content of the renamed file, and leave an empty file.)
 */
export async function writeDurably(file: string, content: string, mode = 0o644): Promise<void> {
  const partial = `${file}.${process.pid}-${written++}.new`;
  const handle = await open(partial, 'w', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await renameDurably(partial, file);
}

/** Renames what is on the disk already, and waits until the new name is there too. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await sync(dirname(to));
}

/** Brings a folder with everything in it to the disk, so that it can be renamed into place. */
export async function syncFolder(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncFolder(path);
    else if (entry.isFile()) await sync(path);
  }
  await sync(folder);
}

/**
 * The JSON of a file. One that is empty, cut off or no object counts as absent, and `say` gets a line: it was written by an
 * earlier version or spoiled, and what it told can be found out again.
 */
export async function readJson<T extends object>(file: string, say: (line: string) => void): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const value = parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
  say(`${file} is ${text.trim() === '' ? 'empty' : 'broken'}, and taken as absent`);
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a SyntaxError is all that there can be
  }
}

async function sync(path: string): Promise<void> {
  if (process.platform === 'win32') return; // opens no folder, and syncs nothing that is open for reading
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
