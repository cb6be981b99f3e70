import type { FastifyRequest } from 'fastify';

/** The sender of a request, known by a key or by a session that was opened with one. */
export interface Caller {
  readonly keyId: string;
  readonly role: string;
  readonly name: string;
}

const callers = new WeakMap<FastifyRequest, Caller>();

export const tellCaller = (request: FastifyRequest, caller: Caller): void => void callers.set(request, caller);

/** Null: nobody needed to say who they are. */
export const callerOf = (request: FastifyRequest): Caller | null => callers.get(request) ?? null;
