import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { inTurns } from '../../../platform/turns/in-turns.js';
import { Lane } from '../../../platform/turns/lane.js';
import { containersIn } from './json-containers.js';
import { UpstreamFailure } from './upstream-failure.js';

/** A body above this takes its turn: the objects that are made of it take about ten times as much memory. */
const SMALL_BYTES = 262_144;
/** So many bytes for each object or list: items are longer, and to parse shorter ones takes long. */
const BYTES_PER_CONTAINER = 16;
/** Longer than any call may take. */
const PATIENCE_MS = 60_000;

/** All answers that are being read may take this much together. The next one is refused before the process runs out of memory. */
const ROOM_BYTES = 128_000_000;

const UNPACKERS = new Map<string, () => NodeJS.ReadWriteStream & Readable>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

export interface ReadBody {
  readonly value: unknown;
  /** The size after unpacking. */
  readonly bytes: number;
}

/** Makes something of a body. Null: there is no body. */
export type Reading<Value> = (body: ReadBody | null, signal: AbortSignal) => Promise<Value>;

/** Reads bodies of JSON, with a bound for each and one for all together. */
export class JsonReader {
  private held = 0;
  private readonly large = new Lane({
    of: 'answers of services',
    atOnce: 1,
    waiting: Infinity,
    patienceMs: PATIENCE_MS,
  });

  constructor(private readonly maxBytes: number) {}

  /**
   * Large bodies are parsed and made use of one after the other, and those that wait hold their bytes alone.
   *
   * @throws {UpstreamFailure} @throws the error that the stream, or the reading, fails with @throws the signal's reason
   */
  async read<Value>(
    body: Readable,
    headers: IncomingHttpHeaders,
    reading: Reading<Value>,
    signal: AbortSignal,
  ): Promise<Value> {
    const holding = new Holding((bytes) => this.hold(bytes));
    try {
      const bytes = await this.bytesOf(this.opened(body, headers), holding);
      const use = async () => {
        await this.rejectPieces(bytes, signal);
        const value = await inTurns(parsing(bytes), signal);
        return reading({ value, bytes: bytes.length }, signal);
      };
      return await (bytes.length <= SMALL_BYTES ? use() : this.large.run(use, signal));
    } finally {
      holding.end();
      // A body that is neither read nor destroyed keeps its connection for ever.
      body.destroy();
    }
  }

  private opened(body: Readable, headers: IncomingHttpHeaders): Readable {
    const type = oneOf(headers['content-type']) ?? 'application/json';
    if (!/[/+]json\s*(;|$)/i.test(type)) throw new UpstreamFailure('not_json', `the body is ${quoted(type)}, not JSON`);
    if (Number(headers['content-length'] ?? 0) > this.maxBytes) throw this.tooLarge();
    return unpacked(body, oneOf(headers['content-encoding']));
  }

  private async bytesOf(stream: Readable, holding: Holding): Promise<Buffer> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        holding.more(chunk.length);
        if (holding.bytes > this.maxBytes) throw this.tooLarge();
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      stream.destroy();
    }
  }

  private async rejectPieces(bytes: Buffer, signal: AbortSignal): Promise<void> {
    const most = Math.floor(this.maxBytes / BYTES_PER_CONTAINER);
    if (bytes.length <= most || (await inTurns(containersIn(bytes, most), signal)) <= most) return;
    throw new UpstreamFailure('too_large', `the body has more than ${most} objects and lists`);
  }

  private hold(bytes: number): void {
    this.held += bytes;
    if (this.held <= ROOM_BYTES || bytes < 0) return;
    throw new UpstreamFailure('too_large', 'there is no room for another answer at the moment', { counted: false });
  }

  private tooLarge(): UpstreamFailure {
    return new UpstreamFailure('too_large', `the body is above ${this.maxBytes / 1_000_000} MB (UPSTREAM_MAX_MB)`);
  }
}

/** What one answer takes of the room. */
class Holding {
  bytes = 0;

  constructor(private readonly hold: (bytes: number) => void) {}

  more(bytes: number): void {
    this.bytes += bytes;
    this.hold(bytes);
  }

  end(): void {
    this.hold(-this.bytes);
  }
}

/** Some headers are lists if a service sends them twice. */
const oneOf = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'object' ? header.join(', ') : header;

/** We ask for gzip alone; another encoding is unpacked where Node can. A body that cannot be unpacked is not JSON. */
function unpacked(body: Readable, encoding = 'identity'): Readable {
  if (/^(identity)?$/i.test(encoding)) return body;
  const unpacker = UNPACKERS.get(encoding.toLowerCase())?.();
  if (!unpacker) throw new UpstreamFailure('not_json', `the body is encoded as ${quoted(encoding)}`);
  body.once('error', (error) => unpacker.destroy(error));
  unpacker.once('close', () => body.destroy());
  return body.pipe(unpacker);
}

/** It takes one step, so that no two of them are in one turn of the event loop. */
// eslint-disable-next-line require-yield -- JSON.parse cannot be interrupted
function* parsing(bytes: Buffer): Generator<void, unknown> {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new UpstreamFailure('not_json', 'the body cannot be read as JSON', { cause });
  }
}

/** Makes words of a service fit for our log and our answer. */
const quoted = (text: string) => JSON.stringify(text.slice(0, 60).replace(/[^\x20-\x7e]/g, '?'));
