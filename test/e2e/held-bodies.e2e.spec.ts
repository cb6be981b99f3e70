import type { Socket } from 'node:net';
import { residentMb } from '../bench/support/processor-time.js';
import { connectTo } from '../platform/http/small-service.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';

const TOKEN = 'a-token-of-32-characters-or-more';
const REQUESTS = 200;
const SIZE = 4_900_000;
const SPACES = Buffer.alloc(SIZE - 1, 0x20);
const START_MS = 60_000;

/** Two hundred clients send 4.9 MB each and withhold the last byte: what the whole process grows by. */
describe('held bodies, against the service as a process', () => {
  let database: TestDatabase;
  let service: RunningService;
  let sockets: Socket[];

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, PULSAR_SERVICE_URL: 'ws://127.0.0.1:1', API_TOKEN: TOKEN };
    service = await startService({ env, within: START_MS });
    // A process that has just started grows by its first work.
    for (let ask = 0; ask < 20; ask += 1) {
      await eventually(async () => (await fetch(`${service.url}/events`)).ok, { within: START_MS, what: 'it answers' });
    }
  }, 2 * START_MS);
  afterAll(async () => {
    service.kill('SIGKILL');
    await service.exited;
    await database.drop();
  });
  beforeEach(() => (sockets = []));
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
  });

  async function holdAll(path: string, header: string): Promise<void> {
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${header}Content-Length: ${SIZE}\r\n\r\n`;
    const port = Number(new URL(service.url).port);
    await Promise.all(
      Array.from({ length: REQUESTS }, async () => {
        const socket = await connectTo(port, head);
        sockets.push(socket);
        socket.resume();
        const whole = new Promise((resolve) => socket.write(SPACES, resolve));
        const closed = new Promise((resolve) => socket.once('close', resolve));
        await Promise.race([whole, closed]);
      }),
    );
  }

  it.each<[string, string, string, number]>([
    ['/track without a token', '/track', '', 100],
    ['/events with a wrong token', '/events', 'X-API-Token: wrong\r\n', 100],
    ['/dead-letters/replay without a token', '/dead-letters/replay', '', 100],
    ['an address that is not there', '/nope', '', 100],
    ['/events with the token', '/events', `X-API-Token: ${TOKEN}\r\n`, 200],
  ])(
    '%s',
    async (_, path, header, mostMB) => {
      const before = residentMb(service.pid);
      let highest = before;
      const sampling = setInterval(() => (highest = Math.max(highest, residentMb(service.pid))), 250);
      await holdAll(path, header);
      clearInterval(sampling);
      highest = Math.max(highest, residentMb(service.pid));
      process.stdout.write(
        `${REQUESTS} held POST ${path} of ${SIZE} bytes: ${before.toFixed(0)} MB, at most ${highest.toFixed(0)} MB\n`,
      );
      expect(highest - before).toBeLessThan(mostMB);
      expect((await fetch(`${service.url}/health/live`, { signal: AbortSignal.timeout(START_MS) })).status).toBe(200);
    },
    120_000,
  );
});
