import { MalformedBytes } from './protobuf-reader.js';

const SHORTEST_MATCH = 4;
const LONG = 15;

/** Decodes one raw LZ4 block into memory of exactly the claimed size. @throws MalformedBytes when it holds more, less, or is none */
export function decodeLz4(block: Buffer, claimedSize: number): Buffer {
  const output = Buffer.allocUnsafe(claimedSize);
  let [read, written] = [0, 0];
  const length = (short: number): number => {
    let total = short;
    if (short !== LONG) return total;
    for (;;) {
      if (read >= block.length) throw new MalformedBytes('LZ4: cut short');
      const byte = block[read++]!;
      total += byte;
      if (byte !== 255) return total;
    }
  };
  while (read < block.length) {
    const token = block[read++]!;
    const literals = length(token >> 4);
    if (read + literals > block.length || written + literals > claimedSize)
      throw new MalformedBytes('LZ4: more bytes than claimed');
    block.copy(output, written, read, read + literals);
    read += literals;
    written += literals;
    if (read === block.length) break; // the last sequence has no match
    if (read + 2 > block.length) throw new MalformedBytes('LZ4: cut short');
    const distance = block[read]! | (block[read + 1]! << 8);
    read += 2;
    const match = length(token & LONG) + SHORTEST_MATCH;
    written = repeat(output, written, distance, match, 'LZ4');
  }
  if (written !== claimedSize) throw new MalformedBytes('LZ4: fewer bytes than claimed');
  return output;
}

/** Copies what was written `distance` bytes ago, which may run into what it writes. @returns the new end */
export function repeat(output: Buffer, written: number, distance: number, count: number, format: string): number {
  const end = written + count;
  if (distance === 0 || distance > written || end > output.length)
    throw new MalformedBytes(`${format}: a repetition lies outside`);
  if (distance >= count) output.copy(output, written, written - distance, end - distance);
  else for (let at = written; at < end; at++) output[at] = output[at - distance]!;
  return end;
}
