import { INSTANT_BYTES, UUID_BYTES, writeInstant, writeUuid } from './binary-values.js';

/**
 * PostgreSQL arrays in their binary wire form. `pg` sends a Buffer parameter as binary, and `unnest` of binary arrays is the
 * fastest idempotent insert there is (1.25 × text arrays, 5 × multi-row VALUES on the same table). The layout is big-endian
 * int32 throughout: dimensions (1), has-nulls flag, element OID, length, lower bound (1), then for each element its byte
 * length (-1: null) and its bytes.
 */
const OID = { bytea: 17, int8: 20, text: 25, timestamptz: 1184, uuid: 2950 } as const;
const HEADER_BYTES = 20;

/** Sent for a column that is null in every row: `unnest` of several arrays pads the shorter ones with nulls. */
const emptyArray = (oid: number) => header(Buffer.allocUnsafe(HEADER_BYTES), oid, 0);

function header(buffer: Buffer, oid: number, length: number): Buffer {
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return length === 0 ? buffer.subarray(0, 12) : buffer;
}

function fixedWidth<T>(oid: number, width: number, write: (buffer: Buffer, value: T, at: number) => void) {
  return (values: readonly (T | null)[]): Buffer => {
    if (values.every((value) => value === null)) return emptyArray(oid);
    const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + width));
    let at = HEADER_BYTES;
    for (const value of values) {
      at = buffer.writeInt32BE(value === null ? -1 : width, at);
      if (value === null) continue;
      write(buffer, value, at);
      at += width;
    }
    return header(buffer, oid, values.length).subarray(0, at);
  };
}

export const uuidArray = fixedWidth<string>(OID.uuid, UUID_BYTES, writeUuid);

export const bigintArray = fixedWidth<bigint>(OID.int8, 8, (buffer, value, at) => buffer.writeBigInt64BE(value, at));

/** Epoch milliseconds. */
export const instantArray = fixedWidth<number>(OID.timestamptz, INSTANT_BYTES, writeInstant);

export function bytesArray(values: readonly (Buffer | null)[]): Buffer {
  if (values.every((value) => value === null)) return emptyArray(OID.bytea);
  const buffer = Buffer.allocUnsafe(values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), HEADER_BYTES));
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value?.length ?? -1, at);
    if (value) at += value.copy(buffer, at);
  }
  return header(buffer, OID.bytea, values.length);
}

/** Texts of any length, as UTF-8. */
export function textArray(values: readonly (string | null)[]): Buffer {
  if (values.every((value) => value === null)) return emptyArray(OID.text);
  let capacity = HEADER_BYTES;
  // Three bytes are the most that one UTF-16 unit takes in UTF-8.
  for (const value of values) capacity += 4 + (value === null ? 0 : value.length * 3);
  const buffer = Buffer.allocUnsafe(capacity);
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    const written = buffer.write(value, at + 4, 'utf8');
    buffer.writeInt32BE(written, at);
    at += 4 + written;
  }
  return header(buffer, OID.text, values.length).subarray(0, at);
}
