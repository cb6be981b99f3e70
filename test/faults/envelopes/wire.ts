/** A field of a protobuf message by its number; texts and bytes are length-delimited, all else is a varint. */
export type WireFields = readonly (readonly [number, WireValue])[];
type WireValue = string | Buffer | number | bigint | boolean;

/** Writes what Pulsar's protocol needs of protobuf, also what no client would write. */
export function encodeFields(fields: WireFields): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'string' || Buffer.isBuffer(value)) {
        const bytes = Buffer.from(value);
        return [varint(BigInt(number) * 8n + 2n), varint(BigInt(bytes.length)), bytes];
      }
      return [varint(BigInt(number) * 8n), varint(BigInt(value))];
    }),
  );
}

/** The last value of each field; varints as bigint. Enough for the answers that are awaited here. */
export function decodeFields(bytes: Buffer): ReadonlyMap<number, bigint | Buffer> {
  const fields = new Map<number, bigint | Buffer>();
  let at = 0;
  const next = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = next();
    if ((tag & 7n) === 0n) fields.set(Number(tag >> 3n), next());
    else if ((tag & 7n) === 2n) {
      const length = Number(next());
      fields.set(Number(tag >> 3n), bytes.subarray(at, at + length));
      at += length;
    } else throw new Error(`a field of wire type ${tag & 7n}, which is not read here`);
  }
  return fields;
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
  return sum;
});

/** CRC-32C (Castagnoli), which a broker checks before it takes a message. */
export function crc32c(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff]! ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
