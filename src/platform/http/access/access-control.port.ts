import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../problems/problem.js';

/** Decides who may ask what. */
export abstract class AccessControl {
  /** Whether any key is known to exist: without one everything is open, to this machine alone. */
  abstract get keysExist(): boolean;

  /** The roles that a route may ask for. */
  abstract get roles(): readonly string[];

  /** Before the first request. */
  abstract attach(server: FastifyInstance): void;

  /**
   * Decides before the body is read. The caller of a known key is told to `callerOf`.
   *
   * @returns why the request may not go on, or null; a promise of it only where something must be looked up
   */
  abstract admit(request: FastifyRequest, reply: FastifyReply): Problem | null | Promise<Problem | null>;

  /**
   * Looked at when the body of a `keyInBody` route has been read: `admit` lets those go on so far that show no key in their head.
   *
   * @param keyIn reads what stands in the body; null: nothing does
   */
  abstract admitByBody(
    request: FastifyRequest,
    keyIn: (body: unknown) => string | null,
  ): Problem | null | Promise<Problem | null>;
}
