import { LENGTH_DELIMITED, VARINT } from './protobuf-reader.js';

const LONGEST_VARINT = 10;

/** Writes protobuf into a buffer that grows. */
export class ProtobufWriter {
  private bytes: Buffer;
  length = 0;

  constructor(size = 256) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** The bytes that were written, without a copy. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  varint(value: number | bigint): this {
    this.reserve(LONGEST_VARINT);
    let rest = typeof value === 'number' && value >= 0 ? value : this.largeVarint(BigInt.asUintN(64, BigInt(value)));
    while (rest > 127) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
    return this;
  }

  number(field: number, value: number | bigint): this {
    return this.varint(field * 8 + VARINT).varint(value);
  }

  string(field: number, text: string): this {
    const size = Buffer.byteLength(text);
    this.varint(field * 8 + LENGTH_DELIMITED).varint(size);
    this.reserve(size);
    this.length += this.bytes.write(text, this.length, 'utf8');
    return this;
  }

  blob(field: number, value: Uint8Array): this {
    return this.varint(field * 8 + LENGTH_DELIMITED)
      .varint(value.length)
      .raw(value);
  }

  raw(value: Uint8Array): this {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
    return this;
  }

  /** Four bytes, the most significant first. */
  uint32(value: number): this {
    this.reserve(4);
    this.length = this.bytes.writeUInt32BE(value, this.length);
    return this;
  }

  uint16(value: number): this {
    this.reserve(2);
    this.length = this.bytes.writeUInt16BE(value, this.length);
    return this;
  }

  /** Opens a nested message. @returns what `end()` takes */
  begin(field: number): number {
    this.varint(field * 8 + LENGTH_DELIMITED);
    this.reserve(1);
    return ++this.length; // most are shorter than 128 bytes: their length takes the one byte before
  }

  end(start: number): this {
    const size = this.length - start;
    const more = size < 128 ? 0 : Math.floor(Math.log2(size) / 7);
    if (more > 0) {
      this.reserve(more);
      this.bytes.copyWithin(start + more, start, this.length);
    }
    const end = this.length + more;
    this.length = start - 1;
    this.varint(size);
    this.length = end;
    return this;
  }

  /** Writes over four bytes that were written before. */
  patch(at: number, value: number): this {
    this.bytes.writeUInt32BE(value, at);
    return this;
  }

  /** Takes the low parts off a number above 2⁵³. */
  private largeVarint(value: bigint): number {
    let rest = value;
    while (rest > 127n) {
      this.bytes[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    return Number(rest);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.length + count, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
