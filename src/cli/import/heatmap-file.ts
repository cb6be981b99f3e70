import { constants } from 'node:fs';
import { copyFile, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { readClick, type Cell, type ClickRow } from './click-row.js';
import { headerOf, type SqliteHeader } from './sqlite-header.js';

const TABLE = 'click_events';
const COLUMNS = [
  'id',
  'page_url',
  'x',
  'y',
  'viewport_width',
  'viewport_height',
  'scroll_y',
  'user_agent',
  'created_at',
];
/** A longer value is cut: it is none that could be recorded, and a blob of 400 MB was too much to be compared. */
const MOST_CELL_BYTES = 65_536;
/** An empty value stays as it is: a part of it would be null. */
const cut = (bytes: string, whole: string) =>
  `iif(length(${bytes}) > ${MOST_CELL_BYTES}, substr(${bytes}, 1, ${MOST_CELL_BYTES}), ${whole})`;
const TEXTS = ['page_url', 'user_agent', 'created_at'].map((name) => {
  const bytes = `cast(${name} as blob)`;
  return `typeof(${name}) as ${name}_type, ${cut(bytes, bytes)} as ${name}`;
});
const NUMBERS = ['id', 'x', 'y', 'viewport_width', 'viewport_height', 'scroll_y'].map(
  (name) => `${cut(`cast(${name} as blob)`, name)} as ${name}`,
);
const TRY_AGAIN = 'stop what writes to it (the older service), then import it';

/** The file is not one that can be imported, in words for an operator. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/**
 * The clicks of an older `heatmap.db`, in the order of their time, one at a time. They are read from a copy: the file may lie
 * where nothing can be written, and the library neither sees the locks of other programs nor opens a file in WAL mode.
 */
export class HeatmapFile {
  private constructor(
    readonly path: string,
    private readonly folder: string,
    private readonly database: sqlite.Database,
    readonly rows: number,
  ) {}

  /** @throws UnreadableFile */
  static async open(path: string): Promise<HeatmapFile> {
    const folder = await mkdtemp(join(tmpdir(), 'monitoreo-import-'));
    try {
      const copy = join(folder, 'heatmap.db');
      await copyAtRest(path, copy);
      const database = new sqlite.Database(copy, { readOnly: true, fileMustExist: true });
      try {
        return new HeatmapFile(path, folder, database, checked(database, path));
      } catch (error) {
        database.close();
        throw error instanceof sqlite.SQLite3Error ? damaged(path, error.message) : error;
      }
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** @throws UnreadableFile where the file turns out to be damaged */
  *clicks(): Generator<ClickRow> {
    // Sorted without the columns: SQLite holds in memory what it sorts.
    const order = this.database.prepare(`select rowid as at from ${TABLE} order by created_at collate binary, rowid`);
    const row = this.database.prepare(`select ${[...NUMBERS, ...TEXTS].join()} from ${TABLE} where rowid = ?`);
    try {
      for (const { at } of order.iterate() as Iterable<{ readonly at: number }>)
        yield readClick(row.get(at) as Readonly<Record<string, Cell>>);
    } catch (error) {
      throw error instanceof sqlite.SQLite3Error ? damaged(this.path, error.message) : error;
    } finally {
      order.finalize();
      row.finalize();
    }
  }

  async close(): Promise<void> {
    this.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Copies a database that nobody writes to meanwhile. @throws UnreadableFile */
async function copyAtRest(path: string, copy: string): Promise<void> {
  const before = await look(path);
  if (before.cutAt !== null)
    throw new UnreadableFile(`${path} is cut off: it has ${before.size} bytes, and should have ${before.cutAt}`);
  // A part of the database is still in another file: its last writer is at work, or was interrupted.
  if (before.usesWal && (await begins(`${path}-wal`)))
    throw new UnreadableFile(`${path} is being written to (there is a ${path}-wal): ${TRY_AGAIN}`);
  if (await begins(`${path}-journal`))
    throw new UnreadableFile(`${path} is being written to (there is a ${path}-journal): ${TRY_AGAIN}`);
  await copyFile(path, copy, constants.COPYFILE_FICLONE);
  const after = await look(path);
  if (after.version !== before.version) throw new UnreadableFile(`${path} changed while it was copied: ${TRY_AGAIN}`);
  if (!before.usesWal) return;
  const file = await open(copy, 'r+');
  try {
    // Nothing is in its log, so that it is a database like any other.
    await file.write(Buffer.from([1, 1]), 0, 2, 18);
  } finally {
    await file.close();
  }
}

/** @throws UnreadableFile */
async function look(path: string): Promise<SqliteHeader & { readonly size: number; readonly version: string }> {
  try {
    const known = await stat(path, { bigint: true });
    // Whoever opens a pipe that nobody writes into waits for ever.
    if (!known.isFile()) throw new UnreadableFile(`${path} is no file`);
    const { size, mtimeNs } = known;
    const header = headerOf(await firstBytes(path, 100), Number(size));
    if (header === null) throw new UnreadableFile(`${path} is no SQLite database`);
    return { ...header, size: Number(size), version: `${size} ${mtimeNs} ${header.changes}` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UnreadableFile(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Whether there is such a file with a content. SQLite leaves one behind that is empty, or begins with zeros. */
async function begins(path: string): Promise<boolean> {
  try {
    return ((await firstBytes(path, 1))[0] ?? 0) !== 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}

async function firstBytes(path: string, most: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(most), 0, most, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** @returns how many rows there are. @throws UnreadableFile */
function checked(database: sqlite.Database, path: string): number {
  const { quick_check: result } = database.get('pragma quick_check(1)') as { readonly quick_check: string };
  if (result !== 'ok') throw damaged(path, result);
  // A view can have rows without end, and neither it nor a table WITHOUT ROWID has the rowid that rows are read by.
  const table = database.get(
    `select type, wr from pragma_table_list where schema = 'main' and lower(name) = '${TABLE}'`,
  );
  if (table && (table.type !== 'table' || table.wr !== 0))
    throw new UnreadableFile(`${path} is no heatmap.db: ${TABLE} is no ordinary table`);
  const columns = database.all(`select name from pragma_table_info('${TABLE}')`).map(({ name }) => name as string);
  if (columns.length === 0) throw new UnreadableFile(`${path} has no table ${TABLE}: it is no heatmap.db`);
  const missing = COLUMNS.filter((name) => !columns.includes(name));
  const unknown = columns.filter((name) => !COLUMNS.includes(name));
  if (missing.length + unknown.length > 0) {
    const wrong = [...missing.map((name) => `no ${name}`), ...unknown.map((name) => `${name}, which is unknown`)];
    throw new UnreadableFile(`${path} is no heatmap.db: ${TABLE} has ${wrong.join('; ')}`);
  }
  return Number(database.get(`select count(*) as n from ${TABLE}`)!.n);
}

const damaged = (path: string, why: string) => new UnreadableFile(`${path} is damaged: ${why}`);
