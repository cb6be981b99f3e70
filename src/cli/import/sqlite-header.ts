const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const WAL = 2;

/** The header, read from the first bytes of a database (sqlite.org/fileformat2.html, 1.3). */
export interface SqliteHeader {
  /** Whether what was written last may be in a file beside it. */
  readonly usesWal: boolean;
  /** Counts changes. */
  readonly changes: number;
  /** The bytes that it should have. Null: it has them, or does not say. */
  readonly cutAt: number | null;
}

/** @param bytes the first 100. @param size of the file. @returns null if it is no database of SQLite 3 */
export function headerOf(bytes: Buffer, size: number): SqliteHeader | null {
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return null;
  if (bytes.length < HEADER_BYTES) return { usesWal: false, changes: 0, cutAt: HEADER_BYTES };
  const pageSize = bytes.readUInt16BE(16) === 1 ? 65_536 : bytes.readUInt16BE(16);
  const changes = bytes.readUInt32BE(24);
  // Programs older than 2010 do not keep the number of pages.
  const wanted = bytes.readUInt32BE(92) === changes ? bytes.readUInt32BE(28) * pageSize : pageSize;
  return { usesWal: bytes[18] === WAL || bytes[19] === WAL, changes, cutAt: size < wanted ? wanted : null };
}
