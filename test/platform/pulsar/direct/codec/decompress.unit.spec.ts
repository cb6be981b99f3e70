import { deflateSync } from 'node:zlib';
import { decompress, loadDecompression } from '../../../../../src/platform/pulsar/direct/codec/decompress.js';
import { COMPRESSION } from '../../../../../src/platform/pulsar/direct/codec/protocol.js';

const TEXT = Array.from({ length: 40 }, (_, i) => `{"event_id":"e-${i}","user_id":"user-${i % 7}"}\n`).join('');
const SIZE = TEXT.length;

/** TEXT as the library in Pulsar's broker and Java client (aircompressor 0.27) packs it. */
const PACKED = {
  LZ4: Buffer.from(
    '8gh7ImV2ZW50X2lkIjoiZS0wIiwidXNlchAAm3VzZXItMCJ9CiYAHjEmAB4xJgAeMiYAHjImAB4zJgAeMyYAHjQmAB40JgAeNSYAHjUmAB42JgAeNiYAHjcmAA8KAQAeOCYADwoBAB45JgAPCgEAHzF9AQAPCwEAHzF+AQAPDAEAHzF/AQAPDQEAHzGAAQAPDgEAHzGBAQAPDwEAHzGCAQAPEAEAHzGDAQAPEQEBD4QBAA8RAQEPhQEADxEBAQ+GAQAPEQEAHzKGAQAPEQEAHzKGAQAPEQEAHzKGAQAPEQEAHzKGAQAPEQEAHzKGAQAPEQEAHzKGAQAPEQEAHzKGAQAPEQEBD4YBAA8wAwAfMoYBAA8RAQEPhgEADxEBAB8zhgEADxEBAB8zhgEADxEBAB8zhgEADxEBAB8zhgEADxEBAB8zhgEADxEBAB8zhgEADxEBAB8zhgEADxEBAQ+GAQAPEQEBD4YBAA8RAQEOhgFQLTQifQo=',
    'base64',
  ),
  SNAPPY: Buffer.from(
    'jgxYeyJldmVudF9pZCI6ImUtMCIsInVzZXIJEAEKEC0wIn0KOiYAADFGJgAAMUYmAAAyRiYAADJGJgAAM0YmAAAzRiYAADRGJgAANEYmAAA1RiYAADVGJgAANkYmAAA2RiYAADdGJgBKCgEAOEYmAEoKAQA5RiYASgoBADFKfQFKCwEAMUp+AUoMAQAxSn8BSg0BADFKgAFKDgEAMUqBAUoPAQAxSoIBShABADFKgwFOEQFKhAFOEQFKhQFOEQFKhgFKEQEAMkqGAUoRAQAySoYBShEBADJKhgFKEQEAMkqGAUoRAQAySoYBShEBADJKhgFKEQEAMkqGAU4RAUqGAU4RAUqGAU4RAUqGAUoRAQAzSoYBShEBADNKhgFKEQEAM0qGAUoRAQAzSoYBShEBADNKhgFKEQEAM0qGAUoRAQAzSoYBThEBSoYBThEBSoYBThEBSoYBDDQifQo=',
    'base64',
  ),
  ZSTD: Buffer.from(
    'KLUv/WQOBWUEAMLGExaQCw6v51b1IIW11c1KKVNS0xmZB1MpyGPqv9/T7/b679fks7l82zX5bK2+bku9Wuv1oAIK3JlV/XaLPIaSRFEwBjCUlCGM4VBYIEqjjCNQqDH0Sf8AoBNAHREABADBBwSdH7fDn6FT4cZIooi4D4+hsVAhvIOi4FKBDyDCxFSelnr/+//1+N4PxMxz4w==',
    'base64',
  ),
  ZLIB: deflateSync(TEXT),
};
const METHODS = ['LZ4', 'ZLIB', 'ZSTD', 'SNAPPY'] as const;

beforeAll(() => loadDecompression());

describe.each(METHODS)('%s', (method) => {
  const unpack = (packed: Buffer, size: number) => decompress(packed, COMPRESSION[method], size);

  it('unpacks what Pulsar packs', () => {
    const unpacked = unpack(PACKED[method], SIZE);
    expect('data' in unpacked && unpacked.data.toString()).toBe(TEXT);
  });

  it.each([0, 1, SIZE - 1, SIZE + 1, 32 * 1024 * 1024])('finds out a claim of %d bytes', (size) => {
    expect(unpack(PACKED[method], size)).toMatchObject({ failed: 'undecompressable' });
  });

  it('does not begin what claims more than 32 MiB', () => {
    expect(unpack(PACKED[method], 32 * 1024 * 1024 + 1)).toMatchObject({ failed: 'too_large' });
  });

  it('says of every cut and every flipped bit that it cannot be unpacked, or unpacks to the size that was claimed', () => {
    for (let at = 0; at < PACKED[method].length; at++) {
      const flipped = Buffer.from(PACKED[method]);
      flipped[at]! ^= 1 << (at & 7);
      for (const broken of [PACKED[method].subarray(0, at), flipped]) {
        const unpacked = unpack(broken, SIZE);
        if ('data' in unpacked) expect(unpacked.data).toHaveLength(SIZE);
        else expect(unpacked.failed).toBe('undecompressable');
      }
    }
  });
});

it('hands over what is not compressed, and refuses what is unknown', () => {
  const data = Buffer.from('x');
  expect(decompress(data, COMPRESSION.NONE, 0)).toEqual({ data });
  expect(decompress(data, 9, 1)).toMatchObject({ failed: 'undecompressable' });
});
