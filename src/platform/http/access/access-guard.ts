import type { FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { closedByClient, isGone } from '../client-gone.js';
import type { Problem } from '../problems/problem.js';
import type { RouteProperties } from '../route-properties.js';
import { keyBesideEvents } from './key-beside-events.js';
import type { AccessControl } from './access-control.port.js';

/** A route says nothing of who may call it, or asks for a role that nobody can have: a defect of the code, found by every start. */
export class UndeclaredAccess extends Error {
  override readonly name = 'UndeclaredAccess';
}

/**
 * Lets a request through or refuses it before its body is read: a guard of Nest runs after, and strangers could fill the
 * memory. Nothing is open by default.
 */
export class AccessGuard {
  constructor(
    private readonly control: AccessControl,
    /** Routes of packages, which cannot say it themselves: always open. */
    private readonly alwaysOpen: (url: string) => boolean,
  ) {}

  /** It must be called before the routes are registered, except those of packages that are `alwaysOpen`. */
  watch(server: FastifyInstance): void {
    const wrong: string[] = [];
    server.addHook('onRoute', (route) => {
      const { access, keyInBody } = (route.config ?? {}) as RouteProperties;
      const name = `${[route.method].flat().join()} ${route.url}`;
      if (access === undefined) {
        if (this.alwaysOpen(route.url)) route.config = { ...route.config, access: 'open' } as typeof route.config;
        else wrong.push(`${name} does not say who may call it (Open, OpenRead, OpenWrite or NeedsKey)`);
      } else if (access !== 'open' && !this.control.roles.includes(access.role)) {
        wrong.push(`${name} asks for ${access.role}, which is no role`);
      }
      if (keyInBody) route.preHandler = [this.lookIntoBody, ...[route.preHandler ?? []].flat()];
    });
    server.addHook('onReady', (done) => {
      done(wrong.length > 0 ? new UndeclaredAccess(wrong.join('; ')) : undefined);
    });
    server.addHook('onRequest', (request, reply, done) => {
      tell(request, this.control.admit(request, reply), done);
    });
  }

  private readonly lookIntoBody: preHandlerHookHandler = (request, _reply, done) => {
    tell(request, this.control.admitByBody(request, keyBesideEvents), done);
  };
}

type Judgement = Problem | null | Promise<Problem | null>;

function tell(request: FastifyRequest, refused: Judgement, done: (problem?: Error) => void): void {
  // Whoever has left meanwhile needs nothing more; what could not be found out about them is no fault of ours.
  const end = (problem?: Error) => done(isGone(request) ? closedByClient() : problem);
  if (refused === null) done();
  else if (refused instanceof Promise) refused.then((problem) => end(problem ?? undefined), end);
  else done(refused);
}
