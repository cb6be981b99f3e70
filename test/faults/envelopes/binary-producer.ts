import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Envelope, Schema } from './envelope.js';
import { crc32c, decodeFields, encodeFields, type WireFields } from './wire.js';

/** Types of commands. Each lies in the field of the same number. */
const COMMAND = { connect: 2, producer: 5, send: 6, sendReceipt: 7, sendError: 8, error: 14, success: 17, ping: 18 };
const PONG = 19;
const PROTOCOL_VERSION = 19;
const MAGIC = 0x0e01;
const UNCONFIRMED = 200;

interface Confirmation {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A producer that speaks Pulsar's binary protocol and writes every field of an envelope as it is told, also what no client
 * library would: a clock of another century, a compression with its batch, chunks between other messages.
 */
export class BinaryProducer {
  private readonly waiting = new Map<bigint, Confirmation>();
  private received = Buffer.alloc(0);
  private answered: Confirmation | null = null;
  private sequence = 0n;
  private schemaVersion: Buffer | null = null;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => this.read(bytes));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the broker closed the connection')));
  }

  /** @param topic that a consumer has already: its broker is not looked up */
  static async open(serviceUrl: string, topic: string, schema: Schema | null = null): Promise<BinaryProducer> {
    const { hostname, port } = new URL(serviceUrl);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const producer = new BinaryProducer(socket);
    await producer.ask(COMMAND.connect, [
      [1, 'envelopes'],
      [4, PROTOCOL_VERSION],
    ]);
    const described = schema && encodeFields([[1, 'event'], [3, schema.definition], [4, schema.type]]); // prettier-ignore
    await producer.ask(COMMAND.producer, [[1, topic], [2, 0], [3, 1], ...(described ? [[7, described] as const] : [])]); // prettier-ignore
    return producer;
  }

  /** Resolves when the broker has confirmed every one. @throws Error when it refuses one */
  async send(envelopes: readonly Envelope[]): Promise<void> {
    for (let from = 0; from < envelopes.length; from += UNCONFIRMED)
      await Promise.all(envelopes.slice(from, from + UNCONFIRMED).map((envelope) => this.sendOne(envelope)));
  }

  close(): void {
    this.socket.destroy();
  }

  private sendOne({ payload, messages = 1, chunk, withSchema, ...envelope }: Envelope): Promise<void> {
    const sequence = this.sequence++;
    const metadata: WireFields = [
      [1, envelope.producer ?? 'envelopes'],
      [2, envelope.sequence ?? sequence],
      [3, envelope.publishTime ?? Date.now()],
      ...(withSchema && this.schemaVersion ? [[16, this.schemaVersion] as const] : []),
      ...(envelope.fields ?? []),
      ...(chunk ? ([[26, chunk.uuid], [27, chunk.of], [28, chunk.bytes], [29, chunk.index]] as const) : []), // prettier-ignore
      ...(envelope.batch ? [[11, messages] as const] : []),
    ];
    const send: WireFields = [[1, 0], [2, sequence], [3, messages], [7, chunk !== undefined]]; // prettier-ignore
    const confirmed = new Promise<void>((resolve, reject) => this.waiting.set(sequence, { resolve, reject }));
    this.socket.write(frame(COMMAND.send, send, body(encodeFields(metadata), payload)));
    return confirmed;
  }

  private ask(type: number, fields: WireFields): Promise<void> {
    this.socket.write(frame(type, fields));
    return new Promise((resolve, reject) => (this.answered = { resolve, reject }));
  }

  private read(bytes: Buffer): void {
    this.received = Buffer.concat([this.received, bytes]);
    while (this.received.length >= 4 && this.received.length >= 4 + this.received.readUInt32BE()) {
      const size = this.received.readUInt32BE(4);
      this.obey(decodeFields(this.received.subarray(8, 8 + size)));
      this.received = this.received.subarray(4 + this.received.readUInt32BE());
    }
  }

  private obey(command: ReadonlyMap<number, bigint | Buffer>): void {
    const type = Number(command.get(1));
    const fields = decodeFields((command.get(type) as Buffer | undefined) ?? Buffer.alloc(0));
    const says = (field: number) => (fields.get(field) as Buffer | undefined)?.toString() ?? 'no reason given';
    if (type === COMMAND.ping) this.socket.write(frame(PONG, []));
    else if (type === COMMAND.sendReceipt) this.taken(fields.get(2) as bigint)?.resolve();
    else if (type === COMMAND.sendError) this.taken(fields.get(2) as bigint)?.reject(new Error(says(4)));
    else if (type === COMMAND.error) this.answered?.reject(new Error(says(3)));
    else {
      if (type === COMMAND.success) this.schemaVersion = (fields.get(4) as Buffer | undefined) ?? null;
      this.answered?.resolve();
    }
  }

  private taken(sequence: bigint): Confirmation | undefined {
    const confirmation = this.waiting.get(sequence);
    this.waiting.delete(sequence);
    return confirmation;
  }

  private fail(error: Error): void {
    this.answered?.reject(error);
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

function frame(type: number, fields: WireFields, behind: Buffer = Buffer.alloc(0)): Buffer {
  const command = encodeFields([[1, type], [type, encodeFields(fields)]]); // prettier-ignore
  return Buffer.concat([uint32(4 + command.length + behind.length), uint32(command.length), command, behind]);
}

function body(metadata: Buffer, payload: Buffer): Buffer {
  const checked = Buffer.concat([uint32(metadata.length), metadata, payload]);
  const head = Buffer.alloc(6);
  head.writeUInt16BE(MAGIC);
  head.writeUInt32BE(crc32c(checked), 2);
  return Buffer.concat([head, checked]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
