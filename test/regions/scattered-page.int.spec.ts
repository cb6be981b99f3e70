import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Clock } from '../../src/platform/clock/clock.js';
import type { Config } from '../../src/platform/config/config.js';
import { HttpOtherRegion } from '../../src/regions/infrastructure/http/http-other-region.js';
import { eventually } from '../support/waiting.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const PAGE = JSON.stringify({ key_fingerprint: null, erasures: [], next_cursor: null });
const BESIDE = 60_000;
const PARTS = 1_000;
/** What lies beside the page is three times as much. */
const MOST_BYTES = (BESIDE * PARTS) / 3;

describe('a page of another region that comes byte by byte', () => {
  const other = new HttpOtherRegion({ currentOf: () => null } as unknown as Config, new Clock());
  let server: Server;
  let asked: Promise<Socket>;

  beforeAll(async () => {
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    asked = once(server, 'connection').then(async ([socket]: unknown[]) => {
      await once(socket as Socket, 'data');
      return socket as Socket;
    });
  });
  afterAll(async () => {
    await other.onModuleDestroy();
    server.close();
  });

  it('takes no more memory than its bytes, whatever stands beside each of them', async () => {
    const region = { name: 'b', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const page = other.erasures(region, null, new AbortController().signal);
    const socket = (await asked).on('error', () => undefined); // when the test fails
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
    const space = Buffer.from(`1;beside=${'x'.repeat(BESIDE)}\r\n \r\n`);
    for (let part = 0; part < PARTS; part += 1) if (!socket.write(space)) await once(socket, 'drain');
    const taken = () => {
      collectGarbage(); // it goes on beside the program
      return process.memoryUsage().arrayBuffers - before;
    };
    await eventually(() => taken() < MOST_BYTES, { within: 10_000, what: 'what stood beside the page is let go of' });
    socket.end(`${PAGE.length.toString(16)}\r\n${PAGE}\r\n0\r\n\r\n`);
    await expect(page).resolves.toEqual(JSON.parse(PAGE));
  });
});
