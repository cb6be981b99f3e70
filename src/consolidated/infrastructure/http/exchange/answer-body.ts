import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { GatheredBytes } from '../../../../platform/http/bodies/gathered-bytes.js';
import type { AnswerRoom } from '../../../application/answer-room.js';
import { UpstreamFailure } from '../upstream-failure.js';

const UNPACKERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

export interface BodyText {
  readonly text: string;
  /** The bytes of memory that it takes. */
  readonly memory: number;
}

/** Makes something of the text of a body, in steps of a few milliseconds. Null: there is no body. */
export type Reading<Value> = (body: BodyText | null) => Generator<void, Value>;

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Makes room for the bodies of answers, with a bound for each and one for all together. */
export class AnswerBodies {
  constructor(
    private readonly maxBytes: number,
    private readonly room: AnswerRoom,
  ) {}

  /** For one body. It must be ended once that has been used, or is refused. */
  holding(): Holding {
    return new Holding(this.maxBytes, (bytes) => this.hold(bytes));
  }

  private hold(bytes: number): void {
    if (this.room.take(bytes) || bytes < 0) return;
    throw new UpstreamFailure('too_large', 'there is no room for another answer at the moment', { counted: false });
  }
}

/** The body of one answer, and what it takes of the room. */
export class Holding {
  private held = 0;
  private readonly bytes: GatheredBytes;

  constructor(
    private readonly maxBytes: number,
    private readonly hold: (bytes: number) => void,
  ) {
    this.bytes = new GatheredBytes(maxBytes);
  }

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
  add(part: Buffer): void {
    this.holdMore(part.length);
    if (this.bytes.length + part.length > this.maxBytes) throw this.tooLarge();
    this.bytes.add(part);
  }

  /** The body as a text, in place of its bytes. @throws {UpstreamFailure} */
  text(): BodyText {
    const { bytes } = this.bytes;
    const text = textOf(bytes);
    // With a character beyond Latin-1 each takes two bytes; this takes Latin-1 for such, too.
    const memory = bytes.length === text.length ? text.length : 2 * text.length;
    this.bytes.free();
    this.holdMore(memory - this.held);
    return { text, memory };
  }

  end(): void {
    this.bytes.free();
    this.holdMore(-this.held);
  }

  private holdMore(bytes: number): void {
    this.held += bytes;
    this.hold(bytes);
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

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UpstreamFailure('not_json', 'the body is no UTF-8', { cause });
  }
}

/** Makes words of a service fit for our log and our answer. */
const quoted = (text: string) => JSON.stringify(text.slice(0, 60).replace(/[^\x20-\x7e]/g, '?'));
