import { EventEmitter } from 'node:events';
import fastify, { type FastifyReply } from 'fastify';
import { HeldAnswers, MAX_HELD_BYTES } from '../../../src/platform/http/answers/held-answers.js';
import { Overloaded } from '../../../src/platform/overloaded.js';

const QUARTER = MAX_HELD_BYTES / 4;

describe('answers that wait for their clients', () => {
  let held: HeldAnswers;

  beforeEach(() => {
    jest.useFakeTimers();
    held = new HeldAnswers();
  });
  afterEach(() => jest.useRealTimers());

  /** A connection, and how often it was cut. */
  const connection = () => {
    const socket = Object.assign(new EventEmitter(), { destroy: jest.fn() });
    const reply = () => {
      const raw = Object.assign(new EventEmitter(), { req: { socket } });
      return { raw, reply: { raw, request: { raw: raw.req } } as unknown as FastifyReply };
    };
    return { socket, reply };
  };

  it('are let go when they are taken, or when their connection closes, once', () => {
    const { socket, reply } = connection();
    const [first, second] = [reply(), reply()];
    held.hold(QUARTER, first.reply);
    held.hold(QUARTER, second.reply);
    first.raw.emit('close');
    expect(held.bytes).toBe(QUARTER);
    // Node does not tell the second, which waited behind the first.
    socket.emit('close');
    expect(held.bytes).toBe(0);
    second.raw.emit('close');
    expect(held.bytes).toBe(0);
    expect(socket.listenerCount('close')).toBe(0);
  });

  it('a connection with many has one listener', () => {
    const { socket, reply } = connection();
    for (let n = 0; n < 100; n++) held.hold(1, reply().reply);
    expect([held.bytes, socket.listenerCount('close')]).toEqual([100, 1]);
  });

  it('beyond the room the next is refused; the longest that nobody takes goes for it after ten seconds', () => {
    const connections = Array.from({ length: 4 }, () => connection());
    const answers = connections.map(({ reply }) => {
      jest.advanceTimersByTime(1000);
      return held.hold(QUARTER, reply().reply);
    });
    const next = connection();
    expect(() => held.hold(1, next.reply().reply)).toThrow(Overloaded);
    jest.advanceTimersByTime(9_500);
    answers[0]!.taken();
    held.hold(1, next.reply().reply);
    // The first has just taken some; the second is the one that waits longest.
    expect(connections.map(({ socket }) => socket.destroy.mock.calls.length)).toEqual([0, 1, 0, 0]);
    expect(held.bytes).toBe(3 * QUARTER + 1);
  });

  it('one that is larger than all the room goes alone', () => {
    const [one, other] = [connection().reply(), connection().reply()];
    held.hold(MAX_HELD_BYTES * 2, one.reply);
    expect(() => held.hold(1, other.reply)).toThrow(Overloaded);
    one.raw.emit('close');
    held.hold(1, other.reply);
    expect(held.bytes).toBe(1);
  });

  it('beyond the room only a question is called overloaded: whoever had something done is told that it may be done', async () => {
    jest.useRealTimers();
    const server = fastify();
    held.observe(server);
    server.route({ method: ['GET', 'POST', 'PUT', 'DELETE'], url: '/', handler: () => 'x'.repeat(100_000) });
    const ask = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE') => {
      const { statusCode, headers, body } = await server.inject({ method, url: '/' });
      if (statusCode === 200) return [method, 200];
      const { code } = JSON.parse(body) as { code: string };
      return [
        method,
        statusCode,
        code,
        typeof headers['retry-after'],
        Number(headers['content-length']) === body.length,
      ];
    };
    const { raw, reply } = connection().reply();
    held.hold(MAX_HELD_BYTES, reply);
    expect([await ask('GET'), await ask('POST'), await ask('PUT'), await ask('DELETE')]).toEqual([
      ['GET', 503, 'overloaded', 'string', true],
      ['POST', 503, 'outcome_unknown', 'string', true],
      ['PUT', 503, 'outcome_unknown', 'string', true],
      ['DELETE', 503, 'outcome_unknown', 'string', true],
    ]);
    raw.emit('close');
    expect([await ask('GET'), await ask('POST')]).toEqual([
      ['GET', 200],
      ['POST', 200],
    ]);
  });
});
