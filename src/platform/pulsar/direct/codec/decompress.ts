import { inflateSync } from 'node:zlib';
import { ZSTDDecoder } from 'zstddec';
import { decodeLz4 } from './lz4.js';
import { COMPRESSION } from './protocol.js';
import { decodeSnappy } from './snappy.js';

/** One entry may unpack to so much: a broker takes 5 MiB, of which a few bytes can claim gigabytes. */
export const LARGEST_UNPACKED_BYTES = 32 * 1024 * 1024;

const zstd = new ZSTDDecoder();
/** Once, before the first message: ZSTD is a WebAssembly module, as `node:zlib` has none before Node 22. */
export const loadDecompression = (): Promise<void> => zstd.init();

export type Unpacked =
  { readonly data: Buffer } | { readonly failed: 'too_large' | 'undecompressable'; readonly detail: string };

/** Undoes a compression, one payload at a time. Never makes more bytes than are claimed, nor than 32 MiB. Never throws. */
export function decompress(packed: Buffer, compression: number, claimedSize: number): Unpacked {
  if (compression === COMPRESSION.NONE) return { data: packed };
  if (claimedSize > LARGEST_UNPACKED_BYTES)
    return { failed: 'too_large', detail: `compressed, and ${claimedSize} bytes when unpacked: more than 32 MiB` };
  try {
    const data = unpack(packed, compression, claimedSize);
    if (data.length === claimedSize) return { data };
    return { failed: 'undecompressable', detail: 'unpacks to another size than its metadata claims' };
  } catch (error) {
    return { failed: 'undecompressable', detail: `cannot be unpacked: ${(error as Error).message}` };
  }
}

function unpack(packed: Buffer, compression: number, claimedSize: number): Buffer {
  // A limit of 0 would mean none.
  const limit = Math.max(1, claimedSize);
  if (compression === COMPRESSION.LZ4) return decodeLz4(packed, claimedSize);
  if (compression === COMPRESSION.SNAPPY) return decodeSnappy(packed, claimedSize);
  if (compression === COMPRESSION.ZLIB) return inflateSync(packed, { maxOutputLength: limit });
  if (compression === COMPRESSION.ZSTD) {
    if (claimedSize === 0) throw new Error('ZSTD: nothing is claimed'); // the decoder answers so to what it cannot read
    const { buffer, byteOffset, byteLength } = zstd.decode(packed, limit);
    return Buffer.from(buffer, byteOffset, byteLength);
  }
  throw new Error(`compression ${compression} is unknown`);
}
