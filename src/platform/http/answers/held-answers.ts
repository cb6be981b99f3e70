import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Overloaded } from '../../overloaded.js';
import { overloadedProblem } from '../problems/overloaded-problem.js';
import { Problem, PROBLEM_CONTENT_TYPE } from '../problems/problem.js';
import { whenAnswered } from './when-answered.js';

/** Answers up to this size are not counted: there are at most as many as connections, and they must never be refused. */
const SMALL_BYTES = 64 * 1024;
/** All larger ones together, for the whole process: sixteen of the largest pages of events. */
export const MAX_HELD_BYTES = 64_000_000;
/**
 * When memory is short, a client that has taken nothing for this time loses its connection, to make room for one that waits
 * for an answer.
 */
const STALLED_MS = 10_000;
/** What was asked is done by now, so it must not be called `overloaded`, of which nothing was begun. */
const UNTOLD = new Problem(
  503,
  'outcome_unknown',
  'There was no room for the answer, so it is not said what became of the request: send it again with the same ids.',
  { headers: { 'retry-after': '5' } },
);

/** An answer that is on its way. */
export interface HeldAnswer {
  /** Its client has just taken some of it. */
  taken(): void;
}

interface Held {
  readonly bytes: number;
  readonly reply: FastifyReply;
  /** `performance.now()` */
  lastTaken: number;
}

/**
 * Large answers that are written and not taken yet: a client that does not read holds its answer in our memory. Together they are
 * bounded in bytes; beyond that an answer is 503, unless one that nobody takes can go in its place: `overloaded` to a GET, and
 * `outcome_unknown` to what may have changed something.
 */
@Injectable()
export class HeldAnswers {
  private readonly held = new Set<Held>();
  private total = 0;

  /** The bytes of all answers that are on their way. */
  get bytes(): number {
    return this.total;
  }

  /** Counts every answer that is whole before it is sent; a stream counts itself with `hold`. */
  observe(server: FastifyInstance): void {
    server.addHook('onSend', (request, reply, payload, done) => {
      if (!(typeof payload === 'string' || Buffer.isBuffer(payload)) || request.method === 'HEAD') return done();
      // A text becomes bytes only when it is written, and until then is held as both.
      const body = typeof payload === 'string' && payload.length > SMALL_BYTES ? Buffer.from(payload) : payload;
      if (body.length <= SMALL_BYTES) return done();
      try {
        this.hold(body.length, reply);
        done(null, body);
      } catch (error) {
        if (!(error instanceof Overloaded)) throw error;
        done(null, refused(reply, request.id, request.method === 'GET' ? overloadedProblem(error) : UNTOLD));
      }
    });
  }

  /** Counts so many bytes until the connection has taken the answer or is closed. @throws {Overloaded} when there is no room */
  hold(bytes: number, reply: FastifyReply): HeldAnswer {
    if (!this.makeRoom(bytes))
      throw new Overloaded(
        'More large answers wait for their clients than there is room for: ask again shortly, or for less.',
      );
    const one: Held = { bytes, reply, lastTaken: performance.now() };
    this.held.add(one);
    this.total += bytes;
    whenAnswered(reply.raw, () => this.release(one));
    return { taken: () => (one.lastTaken = performance.now()) };
  }

  private makeRoom(bytes: number): boolean {
    const stalled = performance.now() - STALLED_MS;
    const longest = [...this.held]
      .filter(({ lastTaken }) => lastTaken < stalled)
      .sort((a, b) => a.lastTaken - b.lastTaken);
    while (this.total + bytes > MAX_HELD_BYTES) {
      const one = longest.shift();
      // An answer that is larger than all the room still goes out, alone.
      if (!one) return this.held.size === 0;
      this.release(one);
      one.reply.request.raw.socket.destroy();
    }
    return true;
  }

  private release(one: Held): void {
    if (this.held.delete(one)) this.total -= one.bytes;
  }
}

/** The headers that the answer had set are no longer true. */
function refused(reply: FastifyReply, requestId: string, problem: Problem): string {
  for (const name of ['etag', 'link', 'content-length', 'content-disposition']) reply.removeHeader(name);
  void reply.status(problem.status).type(PROBLEM_CONTENT_TYPE);
  void reply.headers({ 'cache-control': 'no-store', ...problem.more.headers });
  return JSON.stringify(problem.toBody(requestId));
}
