import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import type { Heard, Told } from './live-clients.js';
import type { Written } from './live-writer.js';
import { AskedChild } from './support/asked-child.js';
import { benchPostgres } from './support/bench-servers.js';
import { percentile } from './support/http-latency.js';
import { httpLatency } from './support/live-latency.js';

const HELP = `npm run bench -- live [--clients 10000] [--stalled 500] [--seconds 20] [--rate 3000] [--churn 100000]
  so many watch /live/stream from another process, some of them without reading: memory of the service, how long after the first
  client of a frame the others have it, what those that did not read learn when they do; GET /metrics, and how long events of a
  fixed rate take to be recorded, beside them and alone; then so many connect and leave: heap and what is left`;

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '10000' },
    stalled: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '3000' },
    churn: { type: 'string', default: '100000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const { clients, stalled, seconds, rate, churn } = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, Number(value)]),
) as Record<'clients' | 'stalled' | 'seconds' | 'rate' | 'churn', number>;
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
const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const lagOf = ({ lags, refused }: Written) => `${p99(lags)} ms${refused ? ` (${refused} batches refused)` : ''}`;
const p99 = (values: readonly number[]) => percentile(values, 0.99).toFixed(1);
try {
  const alone = await httpLatency(`${url}/metrics`, seconds);
  const lagAlone = await recordingLag();
  await comeAndGo(Math.ceil(churn / 10)); // so that what is made once is there before the heap is measured
  await pass(SETTLED_MS);
  const before = await service.ask<Left>();
  const watching = AskedChild.start('live-clients.js', { port, clients, stalled });
  await watching.heard();
  await pass(SETTLED_MS);
  await watching.ask();
  const beside = await httpLatency(`${url}/metrics`, seconds);
  const spread = spreadOf(await watching.ask<Heard>());
  const lagBeside = await recordingLag();
  say(`${clients} clients, ${stalled} of them do not read: resident ${await residentMb(service.pid)} MB`);
  say(
    `a frame reaches the others after the first: p50 ${percentile(spread, 0.5)} ms, p99 ${p99(spread)} ms (${spread.length} arrivals)`,
  );
  const told = await watching.ask<Told>('read');
  say(
    `those that did not read, when they do: ${told.all} have every bin, ${told.gap} are told of a gap, ${told.ended} were ended, ${told.less} have less`,
  );
  say(`GET /metrics p99 ${p99(beside)} ms beside them, ${p99(alone)} ms alone`);
  say(`recording ${rate} events a second: lag p99 ${lagOf(lagBeside)} beside them, ${lagOf(lagAlone)} alone`);
  await watching.stop();
  await comeAndGo(churn);
  await pass(SETTLED_MS);
  const after = await service.ask<Left>();
  say(
    `after ${churn} came and left: heap ${after.heapMb} MB (before ${before.heapMb}), ${after.streams} streams, ${after.timers} timers (before ${before.timers})`,
  );
} finally {
  await service.stop();
  await postgres.stop();
}

/** From when a batch was due until it was recorded, milliseconds. */
async function recordingLag(): Promise<Written> {
  const writer = AskedChild.start('live-writer.js', { url, rate });
  await writer.heard();
  await pass(SETTLED_MS);
  await writer.ask();
  await pass(seconds * 1_000);
  const written = await writer.ask<Written>();
  await writer.stop();
  return written;
}

/** The first and the last frame may have been cut by the question. */
function spreadOf({ arrivals }: Heard): number[] {
  const frames = Object.keys(arrivals).sort().slice(1, -1);
  return frames.flatMap((id) => {
    const first = arrivals[id]!.reduce((least, arrival) => Math.min(least, arrival), Infinity);
    return arrivals[id]!.map((arrival) => arrival - first);
  });
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
