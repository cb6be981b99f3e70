import { COMMANDS, MESSAGES, type CommandName, type Kind, type MessageName, type MessageValues } from './protocol.js';
import { LENGTH_DELIMITED, ProtobufReader, VARINT } from './protobuf-reader.js';
import { ProtobufWriter } from './protobuf-writer.js';

/*
 * Commands that come now and then, by the tables of protocol.ts. Commands that come once per entry (messages and their metadata,
 * acknowledgements) are written out by hand elsewhere.
 */

type Field = readonly [number: number, kind: Kind | MessageName];

export const BASE_TYPE = 1;
/** The two lengths in front of a command. */
const HEAD_BYTES = 8;

/** A whole frame with one command and nothing behind it. */
export function encodeCommand<C extends CommandName>(command: C, values: MessageValues<C>): Buffer {
  return frameOf(command, (writer) => writeMessage(writer, command, values));
}

/** A whole frame whose command `write` fills in, with `tail` behind it. */
export function frameOf(command: CommandName, write: (writer: ProtobufWriter) => void, tail?: Buffer): Buffer {
  const writer = new ProtobufWriter(tail ? 256 + tail.length : 256);
  const type = COMMANDS[command];
  writer.uint32(0).uint32(0).number(BASE_TYPE, type);
  const start = writer.begin(type);
  write(writer);
  writer.end(start).patch(4, writer.length - HEAD_BYTES);
  if (tail) writer.raw(tail);
  return writer.patch(0, writer.length - 4).written();
}

function writeMessage<M extends MessageName>(writer: ProtobufWriter, name: M, values: MessageValues<M>): void {
  const fields = MESSAGES[name] as Readonly<Record<string, Field>>;
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const [number, kind] = fields[field]!;
    if (typeof value === 'string') writer.string(number, value);
    else if (Buffer.isBuffer(value)) writer.blob(number, value);
    else if (typeof value === 'object') {
      const start = writer.begin(number);
      writeMessage(writer, kind as MessageName, value as object);
      writer.end(start);
    } else writer.number(number, typeof value === 'boolean' ? Number(value) : (value as number | bigint));
  }
}

/** The place of a command in its frame. */
export interface CommandPlace {
  readonly type: number;
  readonly start: number;
  readonly end: number;
  /** The beginning of the part behind the command, which is the message's own. */
  readonly rest: number;
}

/** @returns null when the bytes are no command */
export function findCommand(reader: ProtobufReader, frame: Buffer, start: number, end: number): CommandPlace | null {
  try {
    const size = reader.at(frame, start, end).uint32();
    const rest = start + 4 + size;
    if (rest > end) return null;
    reader.at(frame, start + 4, rest);
    let type = 0;
    let [bodyStart, bodyEnd] = [rest, rest];
    while (reader.position < reader.end) {
      const tag = reader.varint();
      if (tag === BASE_TYPE * 8 + VARINT) type = reader.varint();
      else if ((tag & 7) === LENGTH_DELIMITED) {
        bodyEnd = reader.length();
        bodyStart = reader.position;
        reader.position = bodyEnd;
      } else reader.skip(tag & 7);
    }
    return type > 0 ? { type, start: bodyStart, end: bodyEnd, rest } : null;
  } catch {
    return null; // whatever it is, it is no command
  }
}

/** @returns null when the bytes are no such message. If a field is repeated, the last one counts. */
export function decodeMessage<M extends MessageName>(
  name: M,
  bytes: Buffer,
  start: number,
  end: number,
): MessageValues<M> | null {
  try {
    return readMessage(name, new ProtobufReader().at(bytes, start, end)) as MessageValues<M>;
  } catch {
    return null;
  }
}

const BY_NUMBER = new Map<MessageName, ReadonlyMap<number, readonly [field: string, kind: Kind | MessageName]>>(
  Object.entries(MESSAGES).map(([name, fields]) => [
    name as MessageName,
    new Map(Object.entries(fields as Record<string, Field>).map(([field, [number, kind]]) => [number, [field, kind]])),
  ]),
);

function readMessage(name: MessageName, reader: ProtobufReader): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const fields = BY_NUMBER.get(name)!;
  while (reader.position < reader.end) {
    const tag = reader.varint();
    const wireType = tag & 7;
    const [field, kind] = fields.get(Math.floor(tag / 8)) ?? [null, null];
    if (field === null || kind === null) reader.skip(wireType);
    else if (wireType === VARINT) values[field] = readNumber(kind, reader);
    else if (wireType === LENGTH_DELIMITED) values[field] = readDelimited(kind, reader);
    else reader.skip(wireType);
  }
  return values;
}

/** Undefined where the kind is none that travels so: as if the field were absent. */
function readNumber(kind: Kind | MessageName, reader: ProtobufReader): number | bigint | boolean | undefined {
  if (kind === 'uint64') return reader.uint64();
  const value = reader.varint();
  if (kind === 'bool') return value !== 0;
  return kind === 'uint' ? value : undefined;
}

function readDelimited(kind: Kind | MessageName, reader: ProtobufReader): unknown {
  if (kind === 'string') return reader.string();
  const end = reader.length();
  const start = reader.position;
  reader.position = end;
  if (kind === 'bytes') return Buffer.from(reader.bytes.subarray(start, end));
  if (kind === 'uint' || kind === 'uint64' || kind === 'bool') return undefined;
  return readMessage(kind, new ProtobufReader().at(reader.bytes, start, end));
}
