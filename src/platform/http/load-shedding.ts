import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { Overloaded } from '../overloaded.js';
import { overloadedProblem } from './problems/overloaded-problem.js';

const SAMPLED_EVERY_MS = 500;
/** Whoever watches the service must be able to see how it is. */
const ALWAYS_ANSWERED = /^\/health(\/|$)/;

/**
 * Turns requests away while the event loop is so late that all of them would be slow: those that are let in stay fast.
 * Before the body is read, so nothing of them is begun.
 */
export function shedLoad(server: FastifyInstance, { settings }: Config): void {
  if (settings.MAX_EVENT_LOOP_DELAY_MS === 0) return;
  void server.register(underPressure, {
    maxEventLoopDelay: settings.MAX_EVENT_LOOP_DELAY_MS,
    sampleInterval: SAMPLED_EVERY_MS,
    pressureHandler: refuse,
  });
}

function refuse({ routeOptions }: FastifyRequest): Promise<void> {
  if (ALWAYS_ANSWERED.test(routeOptions.url ?? '')) return Promise.resolve();
  const late = new Overloaded('More is asked for than can be answered in time: ask again shortly.');
  return Promise.reject(overloadedProblem(late));
}
