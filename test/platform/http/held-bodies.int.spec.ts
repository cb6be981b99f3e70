import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { NeedsKey, Open, OpenWrite } from '../../../src/platform/http/access/route-access.js';
import { BodyAsSent } from '../../../src/platform/http/bodies/body-as-sent.js';
import { RouteIs } from '../../../src/platform/http/route-properties.js';
import { eventually } from '../../support/waiting.js';
import { codeOf, firstAnswered, useHeldRequests } from './held-requests.js';
import { answerOn, askRaw } from './small-service.js';

const TOKEN = 'a-token-of-32-characters-or-more';
const KEY = `X-API-Token: ${TOKEN}\r\n`;
const SIZE = 4_900_000;
const SPACES = Buffer.alloc(6_000_000, 0x20);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Measures the memory that the process really keeps. */
function keptBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Bodies that reached `/open` in the present test. */
let taken = 0;

@Controller()
class TakingController {
  @Get('never')
  @Open()
  never(): Promise<unknown> {
    return new Promise(() => undefined);
  }

  @Post('guarded')
  @NeedsKey('admin')
  @BodyAsSent()
  guarded(@Body() body: Buffer): unknown {
    return { bytes: body.length };
  }

  @Post('open')
  @Open()
  @BodyAsSent()
  open(@Body() body: Buffer): unknown {
    taken += 1;
    return { bytes: body.length };
  }

  @Post('clicks')
  @OpenWrite()
  @RouteIs({ clicksOnly: true })
  @BodyAsSent()
  clicks(@Body() body: Buffer): unknown {
    return { bytes: body.length };
  }
}

@Controller('all')
@NeedsKey('admin')
class GuardedController {
  @Get()
  list(): unknown {
    return {};
  }

  @Post(':id')
  @BodyAsSent()
  change(@Body() body: Buffer): unknown {
    return { bytes: body.length };
  }
}

const head = (path: string, size: number, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n${more}\r\n`;
describe('bodies that are held', () => {
  const requests = useHeldRequests();

  /** A request that has sent all but the last byte of its body. */
  async function hold(path: string, size: number, more = ''): Promise<Socket> {
    const socket = await requests.open(head(path, size, more));
    await new Promise((resolve) => socket.write(SPACES.subarray(1, size), resolve));
    return socket;
  }
  const held = (many: number, path: string, size: number, more = '') =>
    Promise.all(Array.from({ length: many }, () => hold(path, size, more)));
  /** The answer that the request gets when its last byte comes, or before. */
  const finish = async (socket: Socket) => {
    socket.write(' ');
    return answerOn(socket);
  };

  it('without the key: answered before the body, of which nothing is kept', async () => {
    await requests.start(TakingController, { API_TOKEN: TOKEN });
    const before = keptBytes();
    const many = await held(40, '/guarded', SIZE);
    expect(await Promise.all(many.map(async (one) => codeOf(await answerOn(one))))).toEqual(
      Array(40).fill([401, 'unauthorized']),
    );
    // Kept they would be 196 MB; what is being collected at the moment differs by tens of them.
    expect(keptBytes() - before).toBeLessThan((40 * SIZE) / 3);
  }, 30_000);

  it.each([
    ['no header', '', 401],
    ['a wrong key', 'X-API-Token: wrong\r\n', 401],
    ['the key twice', KEY + KEY, 401],
    ['a wrong bearer', 'Authorization: Bearer wrong\r\n', 401],
    ['the key', KEY, 201],
    ['the key as bearer', `Authorization: Bearer ${TOKEN}\r\n`, 201],
  ])('%s: each route of a guarded controller answers as before', async (_, header, status) => {
    await requests.start(GuardedController, { API_TOKEN: TOKEN });
    const posted = await askRaw(requests.port, `${head('/all/1', 2, header)}{}`);
    expect(posted.status).toBe(status);
    expect(posted.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
    for (const method of ['GET', 'HEAD']) {
      const answer = await askRaw(
        requests.port,
        `${method} /all HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${header}\r\n`,
      );
      expect(answer.status).toBe(status === 401 ? 401 : 200);
    }
  });

  /** Opens requests that hold more than there may be: one of them is refused, and the others wait. */
  async function oneTooMany(sockets: readonly Socket[]) {
    const { answers, first: refused } = await firstAnswered(sockets);
    const others = sockets.map((socket, index) => ({ socket, answer: answers[index]! }));
    others.splice(refused.index, 1);
    return { refused: refused.answer, others };
  }

  it.each([
    ['with the key', { API_TOKEN: TOKEN }, KEY],
    ['where no key is configured', {}, ''],
  ])(
    '%s: 64 MB in all; above it 503 overloaded; what is answered or left makes room',
    async (_, settings, header) => {
      await requests.start(TakingController, settings);
      const { refused, others } = await oneTooMany(await held(14, '/guarded', SIZE, header));
      expect(codeOf(refused)).toEqual([503, 'overloaded']);
      expect(refused.headers.get('retry-after')).toBe('1');
      const [left, ...rest] = others;
      left!.answer.catch(() => undefined);
      left!.socket.destroy();
      for (const { socket } of rest) socket.write(' ');
      for (const { answer } of rest) expect((await answer).status).toBe(201);
      const again = await oneTooMany(await held(14, '/guarded', SIZE, header));
      expect(codeOf(again.refused)).toEqual([503, 'overloaded']);
      for (const { socket } of again.others) socket.write(' ');
      for (const { answer } of again.others) expect((await answer).status).toBe(201);
    },
    60_000,
  );

  it('whose answers wait behind others make room when their connections close', async () => {
    await requests.start(TakingController);
    taken = 0;
    for (let sent = 1; sent <= 14; sent += 1) {
      const socket = await requests.open(`GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n${head('/open', SIZE)}`);
      socket.write(SPACES.subarray(0, SIZE));
      await eventually(() => expect(taken).toBe(sent), { within: 10_000, what: 'the body is taken' });
      socket.destroy();
    }
    const last = async () => expect((await finish(await hold('/open', SIZE))).status).toBe(201);
    await eventually(last, { within: 5_000, what: 'there is room again' });
  }, 60_000);

  it('without the key 16 MB in all, apart from what key holders have', async () => {
    await requests.start(TakingController, { API_TOKEN: TOKEN });
    const { refused, others } = await oneTooMany(await held(4, '/open', SIZE));
    expect(codeOf(refused)).toEqual([503, 'overloaded']);
    const holders = await held(13, '/guarded', SIZE, KEY);
    expect((await finish(await hold('/open', 500_000))).status).toBe(201);
    for (const one of holders) expect((await finish(one)).status).toBe(201);
    for (const { socket } of others) socket.write(' ');
    for (const { answer } of others) expect((await answer).status).toBe(201);
  }, 60_000);

  it('where only clicks are taken, 64 kB without the key and 5 MB with it', async () => {
    await requests.start(TakingController, { API_TOKEN: TOKEN });
    const send = async (size: number, more = '') => (await finish(await hold('/clicks', size, more))).status;
    expect(await send(64_000)).toBe(201);
    const refused = await answerOn(await hold('/clicks', 64_001));
    expect(codeOf(refused)).toEqual([413, 'body_too_large']);
    expect(refused.text).toContain('64 kB');
    expect(await send(64_001, KEY)).toBe(201);
    expect(await send(5_000_000, KEY)).toBe(201);
    expect(codeOf(await answerOn(await hold('/clicks', 5_000_001, KEY)))).toEqual([413, 'body_too_large']);
  });

  it('a compressed body counts unpacked, as it grows', async () => {
    await requests.start(TakingController);
    const packed = gzipSync(Buffer.alloc(SIZE, 0x20));
    const send = async (bytes: Buffer) => {
      const socket = await requests.open(head('/open', packed.length, 'Content-Encoding: gzip\r\n'));
      socket.write(bytes);
      return socket;
    };
    const whole = await answerOn(await send(packed));
    expect([whole.status, JSON.parse(whole.text)]).toEqual([201, { bytes: SIZE }]);
    // Without its last bytes nearly all of it can be unpacked: thirteen are more than there may be.
    const partly = await Promise.all(Array.from({ length: 13 }, () => send(packed.subarray(0, -20))));
    const { refused, others } = await oneTooMany(partly);
    expect(codeOf(refused)).toEqual([503, 'overloaded']);
    for (const { socket } of others) socket.write(packed.subarray(-20));
    for (const { answer } of others) expect(JSON.parse((await answer).text)).toEqual({ bytes: SIZE });
  }, 60_000);

  it('chunks of one byte cost no more than their bytes', async () => {
    await requests.start(TakingController);
    const start = `POST /open HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const socket = await requests.open(start);
    const before = keptBytes();
    const chunks = Buffer.from('1\r\n \r\n'.repeat(10_000));
    for (let sent = 0; sent < 40; sent += 1) await new Promise((resolve) => socket.write(chunks, resolve));
    // A list of the chunks would be some 100 MB by now.
    expect(keptBytes() - before).toBeLessThan(20_000_000);
    socket.write('0\r\n\r\n');
    expect(JSON.parse((await answerOn(socket)).text)).toEqual({ bytes: 400_000 });
  });
});
