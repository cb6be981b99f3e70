import { randomUUID } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify, type FastifyInstance } from 'fastify';
import type { LiveFrame } from '../../src/live/application/answers/live.answer.js';
import { LiveFeed } from '../../src/live/application/live-feed.js';
import { LiveReader } from '../../src/live/application/live-reader.port.js';
import type { Snapshot } from '../../src/live/domain/recent-bins.js';
import { LiveStreams } from '../../src/live/rest/live-streams.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Health } from '../../src/platform/observability/health.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import { quietLogger, slices } from '../support/application.js';
import { eventually } from '../support/waiting.js';
import { EventStream, type Frame } from './event-stream.js';
import { BIN_MS, startOf } from './watching-client.js';

const MAX_WAITING_BYTES = 64 * 1024;
const KEPT_BINS = 300;
const LEAVERS = 2_000;
const AT_ONCE = 100;
const PATIENCE_MS = 60_000;

/** Corrects all bins at each question, so that a tick's frame is as large as it can be: about 57 kB. */
class ChangingReader extends LiveReader {
  asked = 0;

  recentBins(): Promise<Snapshot> {
    this.asked += 1;
    const now = Date.now();
    const n = Number.MAX_SAFE_INTEGER - this.asked;
    const counts = { clicks: n, conversions: n, sales: n, cheers: n, hate: n };
    const starts = Array.from({ length: KEPT_BINS }, (_, back) => startOf(now) - back * BIN_MS);
    return Promise.resolve({ now, bins: starts.map((start) => ({ start, ...counts })) });
  }
  totals = () => Promise.resolve({ cheers: 0, hate: 0 });
  recentVotes = () => Promise.resolve([]);
}

describe('connections to the live stream', () => {
  const health = new Health({ now: () => Date.now() });
  const reader = new ChangingReader();
  const telemetry = new Telemetry();
  const config = loadConfig(slices, {}).with({ SSE_MAX_PER_ADDRESS: AT_ONCE }, 'a test');
  const streams = new LiveStreams(new LiveFeed(reader, quietLogger), config, health, telemetry);
  const accepted: Socket[] = [];
  let server: FastifyInstance;

  const listen = async (at: { path: string } | { port: number; host: string }) => {
    server = fastify();
    server.get('/live/stream', (request, reply) => streams.open(request, reply));
    server.server.on('connection', (socket: Socket) => accepted.push(socket));
    await server.listen(at);
  };
  const open = async () => Number(/^monitoreo_live_streams (\d+)$/m.exec(await telemetry.registry.metrics())?.[1]);
  const allLeft = () => eventually(async () => (await open()) === 0, { within: 10_000, what: 'all streams are left' });

  afterEach(() => server.close());

  it(
    'one that stops reading keeps 64 kB waiting, then is told of its gap and gets the present state; others lose nothing',
    async () => {
      // The system keeps 200 kB for a path, and 4 MB for a loopback connection.
      const path = join(tmpdir(), `monitoreo-${randomUUID()}.sock`);
      await listen({ path });
      const healthy = await EventStream.open('http://unix/live/stream', {}, path);
      const stalled = await EventStream.open('http://unix/live/stream', {}, path);
      await stalled.next(() => true, 'the state to start from');
      stalled.stall();
      const socket = accepted[1]!;
      await eventually(() => socket.writableLength > 0, { within: PATIENCE_MS, what: 'what it does not read waits' });
      const since = reader.asked;
      await eventually(() => reader.asked >= since + 3, { within: PATIENCE_MS, what: 'more ticks' });
      const waits = socket.writableLength;
      expect(waits).toBeLessThanOrEqual(MAX_WAITING_BYTES);
      const until = reader.asked + 2;
      await eventually(() => reader.asked >= until, { within: PATIENCE_MS, what: 'two more ticks' });
      expect(socket.writableLength).toBe(waits);

      stalled.resume();
      const gap = await stalled.next(({ event }) => event === 'gap', 'the gap');
      const [from, to] = ['from', 'to'].map((end) => Date.parse((gap.data as Record<string, string>)[end]!));
      expect(to! - from!).toBeGreaterThan(2_000);
      const told = stalled.frames.length;
      await eventually(() => stalled.frames.length > told, { within: 10_000, what: 'the present state' });
      const after = stalled.frames[stalled.frames.indexOf(gap) + 1]!;
      const { bins } = after.data as LiveFrame;
      expect([bins.length, after.id !== null]).toEqual([60, true]);
      expect(Date.parse(bins.at(-1)!.time)).toBe(startOf(to!));
      expect(stalled.frames.filter(({ event }) => event === 'gap')).toEqual([gap]);

      // A frame with an id tells the bins that closed since the one before: two where the machine stood still meanwhile.
      const [first, ...later] = healthy.frames.filter(({ id }) => id !== null);
      const startsOf = ({ data }: Frame) => (data as LiveFrame).bins.map(({ time }) => Date.parse(time));
      const closed = later.flatMap(startsOf);
      expect(closed.length).toBeGreaterThan(0);
      expect(closed).toEqual(closed.map((_, at) => Number(first!.id) + (at + 1) * BIN_MS));
      expect(later.map(({ id }) => Number(id))).toEqual(later.map((frame) => startsOf(frame).at(-1)));
      expect(healthy.frames.filter(({ event }) => event === 'gap')).toEqual([]);
      healthy.close();
      stalled.close();
      await allLeft();
    },
    PATIENCE_MS,
  );

  it(
    `after ${LEAVERS} that came and left no connection, listener or timer is left`,
    async () => {
      await listen({ port: 0, host: '127.0.0.1' });
      const { port } = server.server.address() as { port: number };
      const listeners = () => [
        getEventListeners(health.draining, 'abort').length,
        ...server.server.eventNames().map((name) => server.server.listenerCount(name)),
      ];
      const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
      const [before, timersBefore] = [listeners(), timers()];
      const comeAndLeave = () =>
        new Promise<void>((resolve, reject) => {
          const socket = connect({ port, host: '127.0.0.1' }, () => {
            socket.write('GET /live/stream HTTP/1.1\r\nHost: x\r\n\r\n');
            socket.once('data', () => socket.destroy());
          });
          socket.once('error', reject).once('close', () => resolve());
        });
      for (let left = 0; left < LEAVERS; left += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, comeAndLeave));
        await allLeft();
      }
      const connections = () => new Promise((resolve) => server.server.getConnections((_, count) => resolve(count)));
      await eventually(async () => (await connections()) === 0, { within: 10_000, what: 'all connections are closed' });
      expect(listeners()).toEqual(before);
      // Without a timer nothing is asked.
      await eventually(() => timers() <= timersBefore, { within: 10_000, what: 'the timers are gone' });
    },
    PATIENCE_MS,
  );
});
