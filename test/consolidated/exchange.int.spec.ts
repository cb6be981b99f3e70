import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { type Dispatcher, Pool } from 'undici';
import { AnswerRoom } from '../../src/consolidated/application/answer-room.js';
import { arrivedAnswer } from '../../src/consolidated/infrastructure/http/exchange/arriving-answer.js';
import { exchange } from '../../src/consolidated/infrastructure/http/exchange/exchange.js';
import { AnswerBodies, type Reading } from '../../src/consolidated/infrastructure/http/exchange/answer-body.js';
import type { UpstreamFailure } from '../../src/consolidated/infrastructure/http/upstream-failure.js';

const MAX_BYTES = 2_000_000;
const LARGE = Buffer.from(JSON.stringify(Array.from({ length: 100_000 }, (_, n) => n * 7919)));
const caller = { authorization: null, requestId: null, traceparent: null };
const never = new AbortController().signal;
const whole: Reading<unknown> = function* (body) {
  yield;
  return body && (JSON.parse(body.text) as unknown);
};

/** Over a pool of one connection: if that is not let go of, the next question waits for ever. */
describe('one question to a service', () => {
  const bodies = new AnswerBodies(MAX_BYTES, new AnswerRoom());
  let answer: (response: ServerResponse, request: IncomingMessage) => void;
  let server: Server;
  let pool: Pool;

  beforeAll(async () => {
    server = createServer((request, response) => answer(response, request));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1, pipelining: 1 });
  });
  afterEach(() => pool.destroy());
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const ask = <Value>(reading: Reading<Value>, signal = never, absentIsNothing = false): Promise<Value> => {
    const request = { method: 'GET', path: '/', body: null, absentIsNothing } as const;
    return exchange(pool, request, caller, { bodies, reading, now: () => 0, signal });
  };
  const askWell = async () => {
    answer = (response) => response.end('[1]');
    await expect(ask(whole)).resolves.toEqual([1]);
  };
  /** Begins and never ends. */
  const begin = (status: number, headers: Record<string, string | string[]>, body: Buffer | string) =>
    (answer = (response) => void response.writeHead(status, headers).write(body));

  it.each<[string, Record<string, string | string[]>, Buffer | string, string]>([
    ['another type', { 'content-type': 'text/html' }, '[', 'not_json'],
    ['a length above the bound', { 'content-length': String(MAX_BYTES + 1) }, '[', 'too_large'],
    ['an encoding that is unknown', { 'content-encoding': 'zstd' }, '[', 'not_json'],
    ['an encoding that every object has', { 'content-encoding': '__proto__' }, '[', 'not_json'],
    ['another one', { 'content-encoding': 'constructor' }, '[', 'not_json'],
    ['two encodings', { 'content-encoding': ['gzip', 'gzip'] }, '[', 'not_json'],
    ['bytes that cannot be unpacked', { 'content-encoding': 'gzip' }, LARGE, 'not_json'],
    ['bytes that brotli cannot unpack', { 'content-encoding': 'br' }, LARGE, 'not_json'],
    ['more than the bound', {}, Buffer.alloc(MAX_BYTES + 1, ' '), 'too_large'],
    ['more than the bound, packed', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(MAX_BYTES + 1)), 'too_large'],
    [
      'far more than the bound, packed',
      { 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(100 * MAX_BYTES)),
      'too_large',
    ],
  ])('an answer with %s is refused before it ends', async (_, headers, body, reason) => {
    begin(200, headers, body);
    await expect(ask(whole)).rejects.toMatchObject({ name: 'UpstreamFailure', reason });
    await askWell();
  });

  it.each([206, 302, 403, 404, 429, 500, 501])('%d is told at once, whatever follows', async (status) => {
    begin(status, {}, 'x');
    await expect(ask(whole)).rejects.toMatchObject({ name: 'UpstreamFailure' });
    begin(status, {}, Buffer.alloc(1_000_000));
    await expect(ask(whole)).rejects.toMatchObject({ name: 'UpstreamFailure' });
    await askWell();
  });

  it('a short answer that is not looked at keeps its connection', async () => {
    const ports = new Set<number>();
    for (const status of [500, 204, 404, 200]) {
      answer = (response, { socket }) => {
        ports.add(socket.remotePort!);
        response.writeHead(status).end(status === 204 ? '' : '[2]');
      };
      await ask(whole, never, true).catch(() => undefined);
    }
    expect(ports.size).toBe(1);
  });

  it.each([204, 404])('%d means that there is nothing', async (status) => {
    answer = (response) => response.writeHead(status).end();
    await expect(ask(whole, never, true)).resolves.toBeNull();
  });

  it('a hint comes before the answer', async () => {
    answer = (response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => response.end('[3]'));
    };
    await expect(ask(whole)).resolves.toEqual([3]);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['', (bytes) => bytes],
    ['GZIP', gzipSync],
    ['br', (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('an answer arrives in pieces, with the encoding "%s"', async (encoding, pack) => {
    const bytes = pack(LARGE);
    answer = (response) => {
      response.writeHead(200, { 'content-encoding': encoding });
      const some = Math.ceil(bytes.length / 10);
      const send = (from: number) => {
        if (from >= bytes.length) return void response.end();
        response.write(bytes.subarray(from, from + some));
        setImmediate(send, from + some);
      };
      send(0);
    };
    await expect(ask(whole)).resolves.toEqual(JSON.parse(LARGE.toString()));
  });

  it('a packed answer that ends as it should keeps its connection', async () => {
    const ports = new Set<number>();
    answer = (response, { socket }) => {
      ports.add(socket.remotePort!);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('[5]'));
    };
    for (let n = 0; n < 5; n += 1) await expect(ask(whole)).resolves.toEqual([5]);
    expect(ports.size).toBe(1);
  });

  it('a packed answer may be whole before its connection says so', async () => {
    begin(200, { 'content-encoding': 'gzip' }, Buffer.concat([gzipSync('[4]'), Buffer.alloc(9)]));
    await expect(ask(whole)).resolves.toEqual([4]);
    await askWell();
  });

  it('a connection that breaks in the middle may be tried again', async () => {
    answer = (response) => {
      response.writeHead(200).write('[');
      setImmediate(() => response.destroy());
    };
    await expect(ask(whole)).rejects.toMatchObject({ reason: 'refused', retried: true });
    await askWell();
  });

  it.each<[string, () => void]>([
    ['nothing has come', () => (answer = () => undefined)],
    ['half of it has come', () => begin(200, {}, '[')],
    ['half of it is unpacked', () => begin(200, { 'content-encoding': 'gzip' }, gzipSync(LARGE).subarray(0, 1000))],
  ])('it is given up when %s', async (_, given) => {
    given();
    const ending = new AbortController();
    const [first, waiting] = [ask(whole, ending.signal), ask(whole, ending.signal)];
    setTimeout(() => ending.abort(new Error('given up')), 20);
    await expect(first).rejects.toThrow('given up');
    await expect(waiting).rejects.toThrow('given up');
    await expect(ask(whole, ending.signal)).rejects.toThrow('given up');
    await askWell();
  });

  it('a part keeps nothing of what came beside it: what the connection has read is not held, however little of it is body', async () => {
    const read = Buffer.from('ffff;extension\r\n[6');
    const dispatcher = {
      dispatch: (_: unknown, handler: Dispatcher.DispatchHandler) => {
        const controller = {} as Dispatcher.DispatchController;
        handler.onResponseStart?.(controller, 200, {}, 'OK');
        handler.onResponseData?.(controller, read.subarray(-2));
        read.fill(' ');
        handler.onResponseData?.(controller, Buffer.from(']'));
        handler.onResponseEnd?.(controller, {});
        return true;
      },
    } as unknown as Dispatcher;
    const holding = bodies.holding();
    await arrivedAnswer(dispatcher, { method: 'GET', path: '/' }, holding, never);
    expect(holding.text()).toEqual({ text: '[6]', memory: 3 });
  });

  it('a fault of the reading is told as it is, and not as one of the connection', async () => {
    const ours = new TypeError('ours');
    answer = (response) => response.end('[1]');
    const failing: Reading<void> = function* () {
      yield;
      throw ours;
    };
    await expect(ask(failing)).rejects.toBe(ours);
    await askWell();
  });

  it('takes no room any longer once it is used or refused', async () => {
    for (let n = 0; n < 100; n += 1) {
      begin(200, {}, Buffer.alloc(MAX_BYTES + 1, ' '));
      const failure = await ask(whole).catch((error: unknown) => error as UpstreamFailure);
      expect((failure as UpstreamFailure).message).toContain('UPSTREAM_MAX_MB');
      await askWell();
    }
  });
});
