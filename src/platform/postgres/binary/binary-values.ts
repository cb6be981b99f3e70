/** Values in PostgreSQL's binary form, where more than one caller writes them. All big-endian. */

const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const TWO_POW_32 = 2 ** 32;

export const UUID_BYTES = 16;
const UUID_CHARACTERS = 36;
/** Value of a hexadecimal digit by its character code. */
const NIBBLES = new Int8Array(128).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  NIBBLES[digit.charCodeAt(0)] = value;
  NIBBLES[digit.toUpperCase().charCodeAt(0)] = value;
}

/** @throws TypeError when the text is no UUID: 32 hexadecimal digits as 8-4-4-4-12 */
export function writeUuid(buffer: Buffer, value: string, at: number): void {
  let end = at;
  let wrong = value.length - UUID_CHARACTERS;
  for (let place = 0; place < UUID_CHARACTERS; place += 2) {
    if (place === 8 || place === 13 || place === 18 || place === 23) {
      wrong |= value.charCodeAt(place) ^ 0x2d;
      place += 1;
    }
    const byte = (nibble(value, place) << 4) | nibble(value, place + 1);
    wrong |= byte & ~0xff;
    buffer[end++] = byte;
  }
  if (wrong !== 0) throw new TypeError(`not a UUID: ${value}`);
}

/** Negative when the character is no digit or beyond the end. */
const nibble = (text: string, place: number): number => NIBBLES[text.charCodeAt(place)] ?? -1;

export const INSTANT_BYTES = 8;

/** Epoch milliseconds. On the wire: microseconds since 2000, in two halves because BigInt costs ten times as much. */
export function writeInstant(buffer: Buffer, value: number, at: number): void {
  const microseconds = (value - POSTGRES_EPOCH_MS) * 1000;
  if (!Number.isSafeInteger(microseconds)) {
    buffer.writeBigInt64BE(BigInt(value - POSTGRES_EPOCH_MS) * 1000n, at);
    return;
  }
  const high = Math.floor(microseconds / TWO_POW_32);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(microseconds - high * TWO_POW_32, at + 4);
}
