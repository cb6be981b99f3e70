import { connect, type Socket } from 'node:net';
import { BIN_MS } from '../../src/live/domain/live-bin.js';

/** So many connections to /live/stream, over several loopback addresses, in a process of their own. */
const { port, clients, stalled } = JSON.parse(process.argv[2] ?? '{}') as {
  port: number;
  clients: number;
  stalled: number;
};
const ADDRESSES = 20;
const AT_ONCE = 50;
const CAUGHT_UP_MS = 5_000;
const REQUEST = `GET /live/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
/** All share it: what is read is looked at before the next is. */
const READ = Buffer.alloc(64 * 1024);

/** The healthy ones got this since they were asked last. */
export interface Heard {
  /** By the id of a frame, which all get once: when it came, epoch milliseconds. */
  readonly arrivals: Record<string, number[]>;
}

const sockets: Socket[] = [];
let arrivals: Record<string, number[]> = {};

/** If a frame comes in parts, only the time of its arrival is lost. */
function read(bytes: number): boolean {
  const now = Date.now();
  for (let at = idAt(0, bytes); at >= 0; at = idAt(at, bytes)) {
    const id = READ.toString('latin1', at, READ.indexOf('\n', at));
    (arrivals[id] ??= []).push(now);
  }
  return true;
}

function idAt(from: number, end: number): number {
  const at = READ.indexOf('id: ', from);
  return at < 0 || at >= end ? -1 : at + 'id: '.length;
}

function open(index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const to = { port, host: '127.0.0.1', localAddress: `127.0.1.${1 + (index % ADDRESSES)}` };
    const onread = { buffer: READ, callback: read };
    const socket = connect(index < stalled ? to : { ...to, onread }, () => {
      socket.write(REQUEST);
      resolve();
    });
    sockets.push(socket);
    socket.once('error', reject);
    if (index < stalled) socket.pause();
    else socket.resume();
  });
}

for (let index = 0; index < clients; index += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, clients - index) }, (_, at) => open(index + at)));
}
process.on('message', (question) => {
  if (question === 'read') {
    void readOn().then((told) => process.send?.(told));
    return;
  }
  process.send?.({ arrivals } satisfies Heard);
  arrivals = {};
});
process.on('disconnect', () => process.exit(0));
process.send?.('open');

/** Those that had not read learned this, now that they do. */
export interface Told {
  /** Every bin since they came. */
  readonly all: number;
  readonly gap: number;
  /** Their connection ended. */
  readonly ended: number;
  /** None of these: a defect. */
  readonly less: number;
}

async function readOn(): Promise<Told> {
  const texts = sockets.slice(0, stalled).map((socket) => {
    const read = { text: '', ended: false };
    socket.on('data', (bytes) => (read.text += bytes.toString('latin1')));
    socket.once('close', () => (read.ended = true));
    socket.resume();
    return read;
  });
  await new Promise((resolve) => setTimeout(resolve, CAUGHT_UP_MS));
  const told = { all: 0, gap: 0, ended: 0, less: 0 };
  for (const { text, ended } of texts) {
    // A late tick tells two bins that closed under one id, so bins are counted.
    const closed = [...text.matchAll(/"time":"([^"]+)"[^}]*"final":true/g)].map(([, time]) => Date.parse(time!));
    const times = [...new Set(closed)].sort((one, other) => one - other);
    const whole = times.length > 1 && times.every((time, at) => at === 0 || time - times[at - 1]! === BIN_MS);
    told[ended ? 'ended' : text.includes('event: gap') ? 'gap' : whole ? 'all' : 'less'] += 1;
  }
  return told;
}
