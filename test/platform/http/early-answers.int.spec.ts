import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { NeedsKey, Open } from '../../../src/platform/http/access/route-access.js';
import { BodyAsSent } from '../../../src/platform/http/bodies/body-as-sent.js';
import { Telemetry } from '../../../src/platform/observability/telemetry.js';
import { answerOn, connectTo, type SmallService, startSmallService } from './small-service.js';

@Open()
@Controller()
class LetterController {
  @Post('letters')
  take(@Body() body: unknown): unknown {
    return { body };
  }

  /** Takes up to 5 MB. */
  @Post('parcels')
  @BodyAsSent()
  takeAsSent(): unknown {
    return {};
  }

  @Post('secrets')
  @NeedsKey('admin')
  keep(@Body() body: unknown): unknown {
    return { body };
  }

  @Get('hello')
  hello(): unknown {
    return { hello: 'world' };
  }
}

const ASKS = 20;
const JSON_TYPE = { 'content-type': 'application/json' };
const SIZE = 12_000_000;
const BIG = Buffer.alloc(SIZE, 0x20);

/** Each is answered before its body was read to the end. */
const EARLY: [
  string,
  { path: string; headers: Record<string, string>; status: number; body?: Buffer; size?: number },
][] = [
  ['413, by its length', { path: '/letters', headers: JSON_TYPE, status: 413 }],
  ['413, by its length, above 5 MB', { path: '/parcels', headers: JSON_TYPE, status: 413 }],
  [
    '413, unpacked',
    {
      path: '/letters',
      headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
      status: 413,
      body: gzipSync(Buffer.alloc(300_000_000, 0x20), { level: 1 }),
    },
  ],
  [
    '413, of too many parts',
    { path: '/parcels', headers: JSON_TYPE, status: 413, body: Buffer.from(`[${'{},'.repeat(300_000)}{}]`) },
  ],
  ['401', { path: '/secrets', headers: JSON_TYPE, status: 401 }],
  ['403', { path: '/letters', headers: { ...JSON_TYPE, origin: 'http://evil.example' }, status: 403 }],
  ['404', { path: '/nope', headers: JSON_TYPE, status: 404 }],
  ['405', { path: '/hello', headers: JSON_TYPE, status: 405 }],
  ['415', { path: '/letters', headers: { 'content-type': 'text/plain' }, status: 415 }],
  [
    '415, encoded',
    { path: '/parcels', headers: { ...JSON_TYPE, 'content-encoding': 'zip' }, status: 415, size: 4_900_000 },
  ],
];

const URLLIB = `
import sys, urllib.request, urllib.error
url, asks, size, *headers = sys.argv[1:]
headers = dict(header.split(': ') for header in headers)
for _ in range(int(asks)):
    request = urllib.request.Request(url, data=b' ' * int(size), headers=headers, method='POST')
    try:
        urllib.request.urlopen(request, timeout=20)
        print('200')
    except urllib.error.HTTPError as error:
        print(error.code, len(error.read()) > 50)
    except Exception as error:
        print(type(error).__name__, error)
`;

describe('an answer that comes before the whole request', () => {
  let service: SmallService;

  beforeAll(
    async () =>
      (service = await startSmallService(LetterController, { API_TOKEN: 'a-token-of-32-characters-or-more' })),
  );
  afterAll(() => service.app.close());

  it.each(EARLY)(
    '%s: fetch sees it every time',
    async (_, { path, headers, status, size = SIZE, body = BIG.subarray(0, size) }) => {
      const seen: unknown[] = [];
      for (let ask = 0; ask < ASKS; ask += 1) {
        const answer = await fetch(service.url + path, { method: 'POST', headers, body }).catch(
          (error: Error) => error,
        );
        seen.push(
          answer instanceof Error
            ? String(answer.cause)
            : [answer.status, ((await answer.json()) as { status: number }).status],
        );
      }
      expect(seen).toEqual(Array(ASKS).fill([status, status]));
    },
    60_000,
  );

  it.each(EARLY.filter(([, { body }]) => !body))(
    '%s: Python’s urllib, which reads when it has sent all, sees it every time',
    async (_, { path, headers, status, size = SIZE }) => {
      const asks = 5;
      const said = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      const args = ['-c', URLLIB, service.url + path, String(asks), String(size), ...said];
      const python = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let printed = '';
      python.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
      await once(python, 'close');
      expect(printed.trim().split('\n')).toEqual(Array(asks).fill(`${status} True`));
    },
    60_000,
  );

  const head = (path: string, more: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}\r\n`;

  it.each(['Connection: close\r\n', ''])(
    'is there before the body is; a client that sends on is not cut off (%j)',
    async (connection) => {
      const socket = await connectTo(service.port, head('/letters', `Content-Length: ${BIG.length}\r\n${connection}`));
      const failed = once(socket, 'error').then(([error]) => error as Error);
      expect((await answerOn(socket)).status).toBe(413);
      const sent = new Promise<string>((resolve) => socket.write(BIG, () => resolve('all')));
      expect(await Promise.race([sent, failed])).toBe('all');
      socket.destroy();
    },
  );

  it('leaves the connection usable for the next request', async () => {
    const socket = await connectTo(service.port, head('/secrets', 'Content-Length: 10\r\n'));
    expect((await answerOn(socket)).status).toBe(401);
    socket.write(`1234567890${head('/letters', 'Content-Length: 2\r\n')}{}`);
    expect((await answerOn(socket)).status).toBe(201);
    socket.destroy();
  });

  it('took as long as its answer did, however late the rest of its body comes', async () => {
    const socket = await connectTo(service.port, head('/late', 'Content-Length: 10\r\n').replace('POST', 'PUT'));
    expect((await answerOn(socket)).status).toBe(404);
    const answered = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // what a slow client does
    const heldS = (performance.now() - answered) / 1000;
    socket.write(`1234567890GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect((await answerOn(socket)).status).toBe(200); // so the one before is over
    socket.destroy();
    const figures = await service.app.get(Telemetry).registry.metrics();
    const taken = /^http_request_duration_seconds_sum\{route="unknown",method="PUT",status="404"\} (\S+)$/m;
    expect(figures).toMatch(taken);
    expect(Number(taken.exec(figures)![1])).toBeLessThan(heldS);
  });

  it('a body without an end is read to a bound, then the connection closes', async () => {
    const socket = await connectTo(service.port, head('/nope', 'Transfer-Encoding: chunked\r\n'));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    expect((await answerOn(socket)).status).toBe(404);
    socket.resume();
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000), Buffer.from('\r\n')]);
    let sent = 0;
    const most = 1000;
    for (; sent < most && !socket.destroyed; sent += 1) {
      if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    }
    await closed;
    expect(sent).toBeGreaterThan(20);
    expect(sent).toBeLessThan(most);
  }, 60_000);

  it('a client that falls silent in the middle is let go', async () => {
    const socket = await connectTo(service.port, head('/nope', 'Content-Length: 100\r\n'));
    const closed = once(
      socket.on('end', () => socket.destroy()),
      'close',
    );
    expect((await answerOn(socket)).status).toBe(404);
    socket.resume();
    await closed;
  }, 15_000);
});
