import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { canListen, lastingPort } from '../../loopback-port.js';
import type { Bookie } from './embedded-pulsar-configuration.js';

const FOLDER = 'bookkeeper';
const FREED_MS = 3_000;
const POLL_MS = 50;

/**
 * The bookie of a broker's folder. New data gets a lasting port. Later starts must say what the data says: its identity,
 * `127.0.0.1:<port>`, stands in every ledger, and BookKeeper compares identity and folder with its cookie letter by letter.
 * @throws Error with words for an operator when the data cannot be opened here now
 */
export async function bookieIn(brokerFolder: string): Promise<Bookie> {
  const cookie = await readCookie(join(brokerFolder, FOLDER, 'current', 'VERSION'));
  if (cookie === null) return { port: await lastingPort(), folder: FOLDER };
  if (!(await isSameFolder(resolve(brokerFolder, cookie.folder), join(brokerFolder, FOLDER)))) {
    throw new Error(
      `Pulsar's data in ${brokerFolder} was made in ${cookie.folder} and opens nowhere else: ` +
        'move it back, or remove it to begin without messages',
    );
  }
  if (!(await comesFree(cookie.port))) {
    throw new Error(
      `Port ${cookie.port}, which is written in the data of Pulsar's bookie (${brokerFolder}), is taken by another process`,
    );
  }
  return cookie;
}

/** A process that was killed keeps its ports for a moment after it seems to have ended. */
async function comesFree(port: number): Promise<boolean> {
  for (const end = performance.now() + FREED_MS; !(await canListen(port));) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/**
 * Reads a text of protobuf with lines such as `bookieHost: "127.0.0.1:25160"` and `journalDir: "bookkeeper"`; null when
 * there is none.
 */
async function readCookie(file: string): Promise<Bookie | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const port = Number(/^bookieHost: "[^"]*:(\d+)"$/m.exec(text)?.[1]);
  const folder = /^journalDir: "(.*)"$/m.exec(text)?.[1];
  if (!Number.isSafeInteger(port) || folder === undefined) throw new Error(`${file} is no cookie of BookKeeper`);
  return { port, folder: unescaped(folder) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Bytes that are not printable ASCII are octal there (`\303\251` is é). */
function unescaped(text: string): string {
  const latin1 = text.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, letter: string) =>
    octal === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

async function isSameFolder(one: string, other: string): Promise<boolean> {
  try {
    return (await realpath(one)) === (await realpath(other));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
