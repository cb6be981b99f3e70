import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { decodeMessage, encodeCommand, findCommand } from '../../../../src/platform/pulsar/direct/codec/commands.js';
import { FrameReader } from '../../../../src/platform/pulsar/direct/codec/frame-reader.js';
import {
  COMMANDS,
  type CommandName,
  type MessageValues,
} from '../../../../src/platform/pulsar/direct/codec/protocol.js';
import { ProtobufReader } from '../../../../src/platform/pulsar/direct/codec/protobuf-reader.js';

type Heard = { [C in CommandName]: { readonly command: C; readonly values: MessageValues<C> } }[CommandName];

const NAMES = new Map<number, CommandName>(Object.entries(COMMANDS).map(([name, type]) => [type, name as CommandName]));

/** A broker of Pulsar's own protocol that answers what the test says, and remembers what it was told. */
export class ScriptedDirectBroker {
  /** Commands in order of arrival, of all connections. */
  readonly heard: Heard[] = [];
  /** The most connections open at a time. */
  mostConnections = 0;
  /** Up to where all is acknowledged, by its own word; null: it does not say. */
  settled: MessageValues<'MessageIdData'> | null = null;
  /** Answers a command; returns false to leave it to the usual answers. */
  script: (heard: Heard, socket: Socket) => boolean = () => false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<ScriptedDirectBroker> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const broker = new ScriptedDirectBroker(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => broker.join(socket));
    return broker;
  }

  get url(): string {
    return `pulsar://127.0.0.1:${this.port}`;
  }

  /** The newest connection. */
  get socket(): Socket {
    const socket = [...this.sockets].at(-1);
    if (!socket) throw new Error('nobody is connected');
    return socket;
  }

  told<C extends CommandName>(command: C): MessageValues<C>[] {
    return this.heard.filter((each) => each.command === command).map(({ values }) => values as MessageValues<C>);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(socket: Socket): void {
    this.sockets.add(socket);
    this.mostConnections = Math.max(this.mostConnections, this.sockets.size);
    const reader = new ProtobufReader();
    const frames = new FrameReader(100_000_000, (bytes, start, end) => {
      const place = findCommand(reader, bytes, start, end);
      if (place === null) throw new Error('the client sent what is no command');
      const command = NAMES.get(place.type)!;
      const heard = { command, values: decodeMessage(command, bytes, place.start, place.end) } as Heard;
      this.heard.push(heard);
      if (!this.script(heard, socket)) this.answer(heard, socket);
    });
    socket.on('data', (data) => frames.push(data));
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }

  private answer({ command, values }: Heard, socket: Socket): void {
    const { request_id } = values as { request_id?: number };
    if (command === 'CommandConnect') socket.write(encodeCommand('CommandConnected', { server_version: 'scripted' }));
    else if (command === 'CommandPartitionedTopicMetadata')
      socket.write(
        encodeCommand('CommandPartitionedTopicMetadataResponse', { partitions: 0, request_id, response: 0 }),
      );
    else if (command === 'CommandLookupTopic')
      socket.write(
        encodeCommand('CommandLookupTopicResponse', { broker_service_url: this.url, response: 1, request_id }),
      );
    else if (command === 'CommandSubscribe') socket.write(encodeCommand('CommandSuccess', { request_id }));
    else if (command === 'CommandGetLastMessageId')
      socket.write(
        encodeCommand('CommandGetLastMessageIdResponse', {
          last_message_id: { ledger_id: 7, entry_id: 0 },
          request_id,
          ...(this.settled && { consumer_mark_delete_position: this.settled }),
        }),
      );
    else if (command === 'CommandConsumerStats')
      socket.write(encodeCommand('CommandConsumerStatsResponse', { request_id }));
    else if (command === 'CommandPing') socket.write(encodeCommand('CommandPong', {}));
  }
}
