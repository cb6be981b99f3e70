import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { partsIn } from '../../../../platform/http/bodies/json-parts.js';
import { inTurns } from '../../../../platform/turns/in-turns.js';
import { Lane } from '../../../../platform/turns/lane.js';
import { UpstreamFailure } from '../upstream-failure.js';

/** A body above this takes its turn: the objects that are made of it take about ten times as much memory. */
const SMALL_BYTES = 262_144;
/** So many bytes for each object or list: items are longer, and to parse shorter ones takes long. */
const BYTES_PER_CONTAINER = 16;
/** Longer than any call may take. */
const PATIENCE_MS = 60_000;

/** All answers that are being read may take this much together. The next one is refused before the process runs out of memory. */
const ROOM_BYTES = 128_000_000;

const UNPACKERS = new Map<string, () => Transform>([
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

/** Makes something of a body, in steps of a few milliseconds. Null: there is no body. */
export type Reading<Value> = (body: ReadBody | null) => Generator<void, Value>;

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

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

  /** For one body. It must be ended once that has been used, or is refused. */
  holding(): Holding {
    return new Holding(this.maxBytes, (bytes) => this.hold(bytes));
  }

  /**
   * Large bodies are parsed and made use of one after the other, and those that wait hold their bytes alone.
   *
   * @throws {UpstreamFailure} @throws the error that the reading fails with @throws the signal's reason
   */
  use<Value>(bytes: Buffer, reading: Reading<Value>, signal: AbortSignal): Promise<Value> {
    const use = () => inTurns(this.steps(bytes, reading), signal);
    return bytes.length <= SMALL_BYTES ? use() : this.large.run(use, signal);
  }

  private *steps<Value>(bytes: Buffer, reading: Reading<Value>): Generator<void, Value> {
    const most = Math.floor(this.maxBytes / BYTES_PER_CONTAINER);
    if (bytes.length > most && (yield* partsIn(bytes, { commas: false, most })) > most) {
      throw new UpstreamFailure('too_large', `the body has more than ${most} objects and lists`);
    }
    yield; // no two of them are parsed in one turn of the event loop if that takes long
    return yield* reading({ value: parsed(bytes), bytes: bytes.length });
  }

  private hold(bytes: number): void {
    this.held += bytes;
    if (this.held <= ROOM_BYTES || bytes < 0) return;
    throw new UpstreamFailure('too_large', 'there is no room for another answer at the moment', { counted: false });
  }
}
/** What one answer takes of the room. */
export class Holding {
  private bytes = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly hold: (bytes: number) => void,
  ) {}

  /**
   * Looks at an answer before its body comes.
   *
   * @returns what the body must go through; null: it comes as it is
   * @throws {UpstreamFailure}
   */
  open(headers: AnswerHeaders): Transform | null {
    const type = oneOf(headers['content-type']) ?? 'application/json';
    if (!/[/+]json\s*(;|$)/i.test(type)) throw new UpstreamFailure('not_json', `the body is ${quoted(type)}, not JSON`);
    if (Number(headers['content-length'] ?? 0) > this.maxBytes) throw this.tooLarge();
    return unpackerFor(oneOf(headers['content-encoding']));
  }

  /** @throws {UpstreamFailure} */
  more(bytes: number): void {
    this.bytes += bytes;
    this.hold(bytes);
    if (this.bytes > this.maxBytes) throw this.tooLarge();
  }

  end(): void {
    this.hold(-this.bytes);
  }

  private tooLarge(): UpstreamFailure {
    return new UpstreamFailure('too_large', `the body is above ${this.maxBytes / 1_000_000} MB (UPSTREAM_MAX_MB)`);
  }
}

/** Some headers are lists if a service sends them twice. */
const oneOf = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'object' ? header.join(', ') : header;

/** We ask for gzip alone; another encoding is unpacked where Node can. A body that cannot be unpacked is not JSON. */
function unpackerFor(encoding = 'identity'): Transform | null {
  if (/^(identity)?$/i.test(encoding)) return null;
  const unpacker = UNPACKERS.get(encoding.toLowerCase())?.();
  if (!unpacker) throw new UpstreamFailure('not_json', `the body is encoded as ${quoted(encoding)}`);
  return unpacker;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new UpstreamFailure('not_json', 'the body cannot be read as JSON', { cause });
  }
}

/** Makes words of a service fit for our log and our answer. */
const quoted = (text: string) => JSON.stringify(text.slice(0, 60).replace(/[^\x20-\x7e]/g, '?'));
