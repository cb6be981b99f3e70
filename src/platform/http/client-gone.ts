import type { FastifyReply } from 'fastify';
import { Problem } from './problems/problem.js';
import { whenAnswered } from './answers/when-answered.js';

/**
 * Aborts when the client closes its connection before the answer is complete, so that nobody works for it any longer.
 * The reason becomes an answer that nobody reads; 499 is what nginx logs for it.
 */
export function clientGone(reply: FastifyReply): AbortSignal {
  const closed = new AbortController();
  whenAnswered(reply.raw, () => {
    if (!reply.raw.writableFinished)
      closed.abort(new Problem(499, 'client_closed_request', 'The client closed the connection.'));
  });
  return closed.signal;
}
