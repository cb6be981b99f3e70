import underPressure from '@fastify/under-pressure';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Config } from '../../config/config.js';
import { Overloaded } from '../../overloaded.js';
import { overloadedProblem } from '../problems/overloaded-problem.js';
import type { Problem } from '../problems/problem.js';
import { propertiesOf, type RouteProperties } from '../route-properties.js';

const SAMPLED_EVERY_MS = 500;
/** Whoever watches the service must be able to see its state. */
const ALWAYS_ANSWERED = /^\/health(\/|$)/;

/** A route needs this, as a slice named it. */
export interface Room {
  readonly isFull: () => boolean;
  /** One for all: making an error takes longer than the rest of turning a request away. */
  readonly problem: Problem;
}

/**
 * Turns requests away before their body is read, so that nothing of them is begun and those that are let in stay fast: all
 * requests while the event loop is so late that all would be slow, and those of a route whose `roomFor` has no room left, most of
 * them by `EarlyRefusals`.
 */
@Injectable()
export class LoadShedding {
  private readonly rooms = new Map<string, Room>();

  constructor(private readonly config: Config) {}

  /** @param room as routes name it in `roomFor` @param full what requests are told then */
  limit(room: string, isFull: () => boolean, full: Overloaded): void {
    this.rooms.set(room, { isFull, problem: overloadedProblem(full) });
  }

  /** @returns what a route needs; undefined if it needs nothing */
  roomOf({ roomFor }: RouteProperties): Room | undefined {
    return roomFor === undefined ? undefined : this.rooms.get(roomFor);
  }

  observe(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      const room = this.roomOf(propertiesOf(request));
      if (room?.isFull()) done(room.problem);
      else done();
    });
    const { MAX_EVENT_LOOP_DELAY_MS } = this.config.settings;
    if (MAX_EVENT_LOOP_DELAY_MS === 0) return;
    void server.register(underPressure, {
      maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
      sampleInterval: SAMPLED_EVERY_MS,
      pressureHandler: refuse,
    });
  }
}

const LATE = overloadedProblem(new Overloaded('More is asked for than can be answered in time: ask again shortly.'));

const refuse = ({ routeOptions }: FastifyRequest): Promise<void> =>
  ALWAYS_ANSWERED.test(routeOptions.url ?? '') ? Promise.resolve() : Promise.reject(LATE);
