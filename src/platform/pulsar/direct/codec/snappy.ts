import { repeat } from './lz4.js';
import { MalformedBytes, ProtobufReader } from './protobuf-reader.js';

const LITERAL = 0;
const COPY_1 = 1;
const COPY_2 = 2;
/** Lengths of literals from here on stand in one to four bytes behind the tag. */
const LONG_LITERAL = 60;

/** Decodes one raw Snappy block into memory of exactly the claimed size. @throws MalformedBytes when it holds more, less, or is none */
export function decodeSnappy(block: Buffer, claimedSize: number): Buffer {
  const head = new ProtobufReader().at(block, 0, block.length);
  if (head.varint() !== claimedSize) throw new MalformedBytes('Snappy: another size than claimed');
  const output = Buffer.allocUnsafe(claimedSize);
  let read = head.position;
  let written = 0;
  const little = (count: number): number => {
    if (read + count > block.length) throw new MalformedBytes('Snappy: cut short');
    const value = block.readUIntLE(read, count);
    read += count;
    return value;
  };
  while (read < block.length) {
    const tag = block[read++]!;
    const kind = tag & 3;
    if (kind === LITERAL) {
      const short = tag >> 2;
      const count = (short < LONG_LITERAL ? short : little(short - LONG_LITERAL + 1)) + 1;
      if (read + count > block.length || written + count > claimedSize)
        throw new MalformedBytes('Snappy: more bytes than claimed');
      block.copy(output, written, read, read + count);
      read += count;
      written += count;
    } else if (kind === COPY_1) {
      const distance = ((tag >> 5) << 8) | little(1);
      written = repeat(output, written, distance, ((tag >> 2) & 7) + 4, 'Snappy');
    } else {
      const distance = little(kind === COPY_2 ? 2 : 4);
      written = repeat(output, written, distance, (tag >> 2) + 1, 'Snappy');
    }
  }
  if (written !== claimedSize) throw new MalformedBytes('Snappy: fewer bytes than claimed');
  return output;
}
