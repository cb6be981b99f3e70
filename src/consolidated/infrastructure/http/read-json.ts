import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { UpstreamFailure } from './upstream-failure.js';

/** All answers that are being read may take this much together. The next one is refused before the process runs out of memory. */
const ROOM_BYTES = 128_000_000;

const UNPACKERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export interface ReadBody {
  readonly value: unknown;
  /** The size after unpacking. */
  readonly bytes: number;
}

/** Reads bodies of JSON, with a bound for each and one for all together. */
export class JsonReader {
  private held = 0;

  constructor(private readonly maxBytes: number) {}

  /** @throws {UpstreamFailure} @throws the error that the stream fails with */
  async read(body: Readable, headers: IncomingHttpHeaders): Promise<ReadBody> {
    const type = headers['content-type'] ?? 'application/json';
    if (!/[/+]json\s*(;|$)/i.test(type)) throw new UpstreamFailure('not_json', `the body is ${quoted(type)}, not JSON`);
    if (Number(headers['content-length'] ?? 0) > this.maxBytes) throw this.tooLarge();
    const bytes = await this.bytesOf(unpacked(body, headers['content-encoding']));
    return { value: parse(bytes), bytes: bytes.length };
  }

  private async bytesOf(stream: Readable): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        size += chunk.length;
        this.held += chunk.length;
        if (size > this.maxBytes) throw this.tooLarge();
        if (this.held > ROOM_BYTES) {
          throw new UpstreamFailure('too_large', 'there is no room for another answer at the moment', {
            counted: false,
          });
        }
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      this.held -= size;
      stream.destroy();
    }
  }

  private tooLarge(): UpstreamFailure {
    return new UpstreamFailure('too_large', `the body is above ${this.maxBytes / 1_000_000} MB (UPSTREAM_MAX_MB)`);
  }
}

/** We ask for gzip alone; another encoding is unpacked where Node can. A body that cannot be unpacked is not JSON. */
function unpacked(body: Readable, encoding = 'identity'): Readable {
  if (/^(identity)?$/i.test(encoding)) return body;
  const unpacker = UNPACKERS[encoding.toLowerCase()]?.();
  if (!unpacker) throw new UpstreamFailure('not_json', `the body is encoded as ${quoted(encoding)}`);
  body.once('error', (error) => unpacker.destroy(error));
  unpacker.once('close', () => body.destroy());
  return body.pipe(unpacker);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new UpstreamFailure('not_json', 'the body cannot be read as JSON', { cause });
  }
}

/** Makes words of a service fit for our log and our answer. */
const quoted = (text: string) => JSON.stringify(text.slice(0, 60).replace(/[^\x20-\x7e]/g, '?'));
