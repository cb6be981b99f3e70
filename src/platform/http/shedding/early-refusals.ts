import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Telemetry } from '../../observability/telemetry.js';
import type { AllowedOrigins } from '../connection/allowed-origins.js';
import { requestId } from '../connection/request-id.js';
import { hostIsClear } from '../connection/request-target.js';
import { headersShowing } from '../cors.js';
import type { ForeignRequests } from '../foreign-requests.js';
import type { TurnedAwayLog } from '../problems/turned-away-log.js';
import type { RouteProperties } from '../route-properties.js';
import type { LoadShedding } from './load-shedding.js';
import { WrittenRefusal } from './written-refusal.js';

const METHOD = 'POST';
/** Refusals that are written before the event loop looks again for what else has come: about 2 ms of work. */
const AT_ONCE = 40;

interface Parts {
  readonly shedding: LoadShedding;
  readonly foreign: ForeignRequests;
  readonly allowed: AllowedOrigins;
  readonly telemetry: Telemetry;
  readonly log: TurnedAwayLog;
}

/** A route that needs room, and how it refuses. */
interface Crowded {
  readonly url: string;
  readonly properties: RouteProperties;
  readonly isFull: () => boolean;
  readonly refusal: WrittenRefusal;
  readonly count: (seconds: number) => void;
}

interface Waiting {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: Crowded;
  /** `performance.now()` */
  readonly since: number;
}

/**
 * Turns away plain posts to a route without room before the framework sees them, with the answer that it would give, byte by
 * byte. By way of its hooks a refusal takes so much longer that those who were let in wait for the refusals of the others. A
 * request that is unusual in any way goes the way of all, where `LoadShedding` asks again.
 */
export class EarlyRefusals {
  private readonly needy = new Map<string, RouteProperties>();
  private readonly crowded = new Map<string, Crowded>();
  private waiting: Waiting[] = [];
  private handle: RequestListener = () => undefined;

  constructor(
    private readonly parts: Parts,
    private readonly logger: FastifyBaseLogger,
  ) {}

  /** It must be called before the routes are registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method, config }) => {
      const properties = (config ?? {}) as RouteProperties;
      if (method === METHOD && properties.roomFor !== undefined) this.needy.set(url, properties);
    });
    // A factory for the server would have to know all the time-outs that Fastify gives to one of its own.
    const [handle] = fastify.server.listeners('request') as RequestListener[];
    this.handle = handle!;
    fastify.server.off('request', this.handle).on('request', (request, response) => {
      if (!this.turnsAway(request, response)) this.handle(request, response);
    });
  }

  private turnsAway(request: IncomingMessage, response: ServerResponse): boolean {
    const route = request.method === METHOD ? this.routeOf(request.url!) : undefined;
    // A response that waits behind another one of its connection has no socket yet.
    if (!route?.isFull() || response.socket === null || !this.isPlain(request, route)) return false;
    this.waiting.push({ request, response, route, since: performance.now() });
    // The body mostly comes with the head and is read by then; and whoever was let in, or has an answer from PostgreSQL, goes first.
    if (this.waiting.length === 1) setImmediate(this.answerSome);
    return true;
  }

  private routeOf(url: string): Crowded | undefined {
    const known = this.crowded.get(url);
    if (known !== undefined) return known;
    const properties = this.needy.get(url);
    const room = properties && this.parts.shedding.roomOf(properties);
    if (!room) return undefined;
    const { isFull, problem } = room;
    const count = this.parts.telemetry.counting(url, METHOD, problem.status);
    const refusal = new WrittenRefusal(problem, properties.olderErrors === true);
    const route = { url, properties, isFull, refusal, count };
    this.crowded.set(url, route);
    return route;
  }

  /** Whether nothing stands against the request that is looked at before there is room or not. */
  private isPlain(request: IncomingMessage, { properties }: Crowded): boolean {
    const { origin } = request.headers;
    if (!hostIsClear(request) || this.parts.foreign.problemOfHost(request) !== null) return false;
    return origin === undefined || this.parts.allowed.allowing(origin, properties) !== null;
  }

  private readonly answerSome = (): void => {
    const some = this.waiting.splice(0, AT_ONCE);
    if (this.waiting.length > 0) setImmediate(this.answerSome);
    for (const one of some) this.answer(one);
  };

  private answer({ request, response, route, since }: Waiting): void {
    // What is still sent must be thrown away within bounds.
    if (!request.complete) return this.handle(request, response);
    const id = requestId(request);
    const { allowed, log } = this.parts;
    const allows = allowed.allowing(request.headers.origin, route.properties);
    route.refusal.send(response, id, headersShowing(allows, allowed));
    route.count((performance.now() - since) / 1000);
    log.note(this.logger, { request_id: id, method: METHOD, route: route.url }, route.refusal.code);
  }
}
