import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problems/problem.js';
import { whenAnswered } from './answers/when-answered.js';

/**
 * Aborts when the client closes its connection before the answer is complete, so that nobody works for it any longer.
 * The reason becomes an answer that nobody reads.
 */
export function clientGone(reply: FastifyReply): AbortSignal {
  const closed = new AbortController();
  whenAnswered(reply.raw, () => {
    if (!reply.raw.writableFinished) closed.abort(closedByClient());
  });
  return closed.signal;
}

/** Whether the client has closed its connection. Its address may be unknown then, and after a reset is before Node tells of it. */
export const isGone = ({ raw: { socket } }: FastifyRequest): boolean =>
  socket.destroyed || socket.remoteAddress === undefined;

/** 499 is what nginx logs for it. */
export const closedByClient = () => new Problem(499, 'client_closed_request', 'The client closed the connection.');
