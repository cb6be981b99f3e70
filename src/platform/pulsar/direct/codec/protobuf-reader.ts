/** The bytes are not what the protocol says. Never leaves `codec/`. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}

export const VARINT = 0;
const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const TWO_POW_32 = 2 ** 32;

/** Reads protobuf in place, from `position` to `end` of a buffer; never a byte beyond. Made once, pointed at one place after another. */
export class ProtobufReader {
  bytes: Buffer = Buffer.alloc(0);
  position = 0;
  end = 0;

  /** @throws MalformedBytes when the buffer ends before `end` */
  at(bytes: Buffer, start: number, end: number): this {
    if (!(start <= end && end <= bytes.length)) throw new MalformedBytes('a length points outside its frame');
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    return this;
  }

  /** A number as far as a double holds it: lengths, counts, enumerations. */
  varint(): number {
    const at = this.position;
    if (at < this.end) {
      const byte = this.bytes[at]!;
      if (byte < 128) {
        this.position = at + 1;
        return byte;
      }
    }
    return this.longVarint();
  }

  /** Exact: a number up to 2⁴⁹, which every real ledger is below and costs a tenth of a bigint; beyond, a bigint. */
  uint64(): number | bigint {
    let value = 0;
    let factor = 1;
    for (let read = 0; read < 7; read++) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    let large = BigInt(value);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      large |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, large);
    }
    throw new MalformedBytes('a number is too long');
  }

  /** The end of the bytes of a length-delimited field; they begin at `position`. */
  length(): number {
    const length = this.varint();
    const end = this.position + length;
    if (end > this.end) throw new MalformedBytes('a field is longer than what holds it');
    return end;
  }

  string(): string {
    const end = this.length();
    const text = this.position === end ? '' : this.bytes.toString('utf8', this.position, end);
    this.position = end;
    return text;
  }

  skip(wireType: number): void {
    if (wireType === VARINT) this.longVarint();
    else if (wireType === LENGTH_DELIMITED) this.position = this.length();
    else if (wireType === FIXED64) this.advance(8);
    else if (wireType === FIXED32) this.advance(4);
    else throw new MalformedBytes(`wire type ${wireType}`);
  }

  /** Four bytes, the most significant first, as Pulsar frames its parts. */
  uint32(): number {
    const at = this.position;
    this.advance(4);
    const { bytes } = this;
    return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
  }

  private longVarint(): number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 127) << shift;
      if (byte < 128) return low;
    }
    let value = low;
    let factor = TWO_POW_32 / 16;
    for (let read = 4; read < 10; read++) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new MalformedBytes('a number is too long');
  }

  private advance(count: number): void {
    if (this.position + count > this.end) throw new MalformedBytes('cut short');
    this.position += count;
  }

  private byte(): number {
    if (this.position >= this.end) throw new MalformedBytes('cut short');
    return this.bytes[this.position++]!;
  }
}
