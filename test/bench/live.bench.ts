import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { AskedChild } from './support/asked-child.js';
import { benchPostgres } from './support/bench-servers.js';
import { httpLatency } from './support/live-latency.js';

const HELP = `npm run bench -- live [--clients 10000] [--stalled 500] [--seconds 20] [--churn 100000]
  so many watch /live/stream from another process, some of them without reading: memory of the service, how long after the first
  client of a tick the others have it, GET /metrics beside them and alone; then so many connect and leave: heap and what is left`;

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '10000' },
    stalled: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
    churn: { type: 'string', default: '100000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const [clients, stalled, seconds, churn] = [values.clients, values.stalled, values.seconds, values.churn].map(
  Number,
) as [number, number, number, number];
/** Between the arrivals of one tick and of the next. */
const BETWEEN_TICKS_MS = 150;
/** The states that they start from are on their way. */
const SETTLED_MS = 5_000;

interface Left {
  readonly heapMb: number;
  readonly streams: number;
  readonly timers: number;
}

const postgres = await benchPostgres();
const service = AskedChild.start('live-service.js', { databaseUrl: postgres.url });
const { url } = await service.heard<{ url: string }>();
const port = Number(new URL(url).port);
const say = (line: string) => void process.stdout.write(`${line}\n`);
try {
  const alone = await httpLatency(`${url}/metrics`, seconds);
  const before = await service.ask<Left>();
  const watching = AskedChild.start('live-clients.js', { port, clients, stalled });
  await watching.heard();
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  await watching.ask();
  const beside = await httpLatency(`${url}/metrics`, seconds);
  const spread = spreadOf(await watching.ask<number[]>());
  say(`${clients} clients, ${stalled} of them do not read: resident ${await residentMb(service.pid)} MB`);
  say(
    `a tick reaches the others after the first: p50 ${at(spread, 0.5)} ms, p99 ${at(spread, 0.99)} ms (${spread.length} frames)`,
  );
  say(`GET /metrics p99 ${at(beside, 0.99)} ms beside them, ${at(alone, 0.99)} ms alone`);
  await watching.stop();
  await comeAndGo(churn);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const after = await service.ask<Left>();
  say(
    `after ${churn} came and left: heap ${after.heapMb} MB (before ${before.heapMb}), ${after.streams} streams, ${after.timers} timers (before ${before.timers})`,
  );
} finally {
  await service.stop();
  await postgres.stop();
}

function spreadOf(arrivals: readonly number[]): number[] {
  const sorted = [...arrivals].sort((one, other) => one - other);
  let first = sorted[0] ?? 0;
  let last = first;
  const spread = sorted.map((arrival) => {
    if (arrival - last > BETWEEN_TICKS_MS) first = arrival;
    last = arrival;
    return arrival - first;
  });
  return spread.sort((one, other) => one - other);
}

function at(sorted: readonly number[], part: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1000);
}

async function comeAndGo(times: number): Promise<void> {
  const one = () =>
    new Promise<void>((resolve) => {
      const socket: Socket = connect({ port, host: '127.0.0.1' }, () => {
        socket.write(`GET /live/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
        socket.once('data', () => socket.destroy());
      });
      socket.once('error', () => resolve());
      socket.once('close', () => resolve());
    });
  for (let done = 0; done < times; done += 100) await Promise.all(Array.from({ length: 100 }, one));
}
