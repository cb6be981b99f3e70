import { INSTANT_BYTES, UUID_BYTES, writeInstant, writeUuid } from './binary-values.js';

/** Signature, no flags, no header extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END_OF_ROWS = -1;
const NULL = -1;
const LENGTH_BYTES = 4;
const JSONB_VERSION = 1;
/** A numeric is a head of four int16 (digits, weight, sign, scale), then digits to the base 10,000. */
const NUMERIC_HEAD_BYTES = 8;
const DECIMALS_PER_DIGIT = 4;
const NEGATIVE = 0x4000;
const DECIMAL = /^-?[0-9]+(?:\.[0-9]+)?$/;
/** Up to this length a loop over ASCII is faster than a call of Buffer.write. */
const SHORT_TEXT = 48;
/** Three bytes are the most that one UTF-16 unit takes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** The types of two messages of the wire protocol, CopyData and CopyDone. Each is followed by its length (int32). */
const COPY_DATA = 0x64;
const MESSAGE_HEAD_BYTES = 1 + LENGTH_BYTES;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, LENGTH_BYTES]);

/**
 * The rows of one COPY in PostgreSQL's binary format: a header, for each row the number of its fields (int16) and for
 * each field its length (int32, -1: null) and its bytes in the type's binary form, then -1. All big-endian.
 * The caller writes field by field, in the order of the columns.
 */
export class BinaryCopy {
  private buffer: Buffer;
  private end = MESSAGE_HEAD_BYTES + HEADER.length;

  /** @param capacity bytes to begin with; more are taken as needed */
  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafe(this.end + capacity);
    HEADER.copy(this.buffer, MESSAGE_HEAD_BYTES);
  }

  row(fields: number): void {
    this.reserve(2);
    this.int16(fields);
  }

  /** @throws TypeError when the text is no UUID */
  uuid(value: string): void {
    this.reserve(LENGTH_BYTES + UUID_BYTES);
    this.int32(UUID_BYTES);
    writeUuid(this.buffer, value, this.end);
    this.end += UUID_BYTES;
  }

  text(value: string | null): void {
    if (value === null) return this.null();
    this.reserve(LENGTH_BYTES + utf8Room(value));
    const start = this.end;
    this.end += LENGTH_BYTES;
    this.utf8(value);
    this.lengthAt(start);
  }

  /** JSON text. */
  jsonb(value: string | null): void {
    if (value === null) return this.null();
    this.reserve(LENGTH_BYTES + 1 + utf8Room(value));
    const start = this.end;
    this.end += LENGTH_BYTES;
    this.buffer[this.end++] = JSONB_VERSION;
    this.utf8(value);
    this.lengthAt(start);
  }

  /** @throws RangeError when the number is not whole, or beyond 32 bits */
  integer(value: number | null): void {
    if (value === null) return this.null();
    if ((value | 0) !== value) throw new RangeError(`not an integer of 32 bits: ${value}`);
    this.reserve(LENGTH_BYTES + 4);
    this.int32(4);
    this.int32(value);
  }

  double(value: number | null): void {
    if (value === null) return this.null();
    this.reserve(LENGTH_BYTES + 8);
    this.int32(8);
    this.end = this.buffer.writeDoubleBE(value, this.end);
  }

  bigint(value: bigint | null): void {
    if (value === null) return this.null();
    this.reserve(LENGTH_BYTES + 8);
    this.int32(8);
    this.end = this.buffer.writeBigInt64BE(value, this.end);
  }

  /** Epoch milliseconds as timestamptz. */
  instant(value: number): void {
    this.reserve(LENGTH_BYTES + INSTANT_BYTES);
    this.int32(INSTANT_BYTES);
    writeInstant(this.buffer, value, this.end);
    this.end += INSTANT_BYTES;
  }

  /** @throws TypeError when the text is no decimal such as `-12.50` */
  numeric(value: string | null): void {
    if (value === null) return this.null();
    if (!DECIMAL.test(value)) throw new TypeError(`not a decimal: ${value}`);
    const [whole = '', fraction = ''] = value.replace('-', '').split('.');
    const wholeDigits = Math.ceil(whole.length / DECIMALS_PER_DIGIT);
    const digits = wholeDigits + Math.ceil(fraction.length / DECIMALS_PER_DIGIT);
    const decimals =
      whole.padStart(wholeDigits * DECIMALS_PER_DIGIT, '0') +
      fraction.padEnd((digits - wholeDigits) * DECIMALS_PER_DIGIT, '0');
    this.reserve(LENGTH_BYTES + NUMERIC_HEAD_BYTES + digits * 2);
    this.int32(NUMERIC_HEAD_BYTES + digits * 2);
    this.int16(digits);
    this.int16(wholeDigits - 1);
    this.int16(value.startsWith('-') ? NEGATIVE : 0);
    this.int16(fraction.length);
    for (let at = 0; at < decimals.length; at += DECIMALS_PER_DIGIT) {
      this.int16(Number(decimals.slice(at, at + DECIMALS_PER_DIGIT)));
    }
  }

  /** The rows as they go over the wire: one CopyData, then CopyDone. Call it once, at the end. */
  messages(): Buffer {
    this.reserve(2 + COPY_DONE.length);
    this.int16(END_OF_ROWS);
    this.buffer[0] = COPY_DATA;
    this.buffer.writeInt32BE(this.end - 1, 1); // counts itself, not the type before it
    this.end += COPY_DONE.copy(this.buffer, this.end);
    return this.buffer.subarray(0, this.end);
  }

  private null(): void {
    this.reserve(LENGTH_BYTES);
    this.int32(NULL);
  }

  private utf8(value: string): void {
    if (value.length > SHORT_TEXT || !this.ascii(value)) this.end += this.buffer.write(value, this.end, 'utf8');
  }

  /** @returns whether it was ASCII and is written */
  private ascii(value: string): boolean {
    const { buffer } = this;
    let { end } = this;
    for (let place = 0; place < value.length; place += 1) {
      const unit = value.charCodeAt(place);
      if (unit > 0x7f) return false;
      buffer[end++] = unit;
    }
    this.end = end;
    return true;
  }

  /** Writes the length of everything since `start` into the place that was left free for it. */
  private lengthAt(start: number): void {
    this.buffer.writeInt32BE(this.end - start - LENGTH_BYTES, start);
  }

  private int16(value: number): void {
    this.buffer[this.end++] = value >> 8;
    this.buffer[this.end++] = value;
  }

  private int32(value: number): void {
    const { buffer } = this;
    buffer[this.end++] = value >> 24;
    buffer[this.end++] = value >> 16;
    buffer[this.end++] = value >> 8;
    buffer[this.end++] = value;
  }

  private reserve(bytes: number): void {
    if (this.end + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.end + bytes));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}

/** A long text gets exactly the room that it takes: room for three times as much made the buffers of large events grow. */
const utf8Room = (value: string): number =>
  value.length > SHORT_TEXT ? Buffer.byteLength(value) : value.length * MAX_BYTES_PER_UNIT;
