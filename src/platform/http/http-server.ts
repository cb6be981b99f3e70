import type { IncomingMessage } from 'node:http';
import type { DynamicModule, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger as Pino } from 'pino';
import { Config } from '../config/config.js';
import { NestLog } from '../observability/logger.js';
import { Telemetry } from '../observability/telemetry.js';
import { AccessControl } from './access/access-control.port.js';
import { AccessGuard } from './access/access-guard.js';
import { AcceptedBodies, BODY_LIMIT_BYTES } from './bodies/accepted-bodies.js';
import { type TrustedProxies, withoutPorts } from './connection/trusted-proxies.js';
import { PatientResponse } from './connection/patient-response.js';
import { requestId } from './connection/request-id.js';
import { hostIsClear, routedTarget } from './connection/request-target.js';
import { UnparsedRequests } from './connection/unparsed-requests.js';
import { AllowedOrigins } from './connection/allowed-origins.js';
import { ForeignRequests } from './foreign-requests.js';
import { allowOrigins } from './cors.js';
import { EarlyRefusals } from './shedding/early-refusals.js';
import { LoadShedding } from './shedding/load-shedding.js';
import { isDocumentAddress, serveApiDocument } from './openapi/openapi.js';
import { HeldAnswers } from './answers/held-answers.js';
import { OpenRequests } from './open-requests.js';
import { ProblemDetailsFilter } from './problems/problem-details.filter.js';
import { Problem } from './problems/problem.js';
import { TurnedAwayLog } from './problems/turned-away-log.js';
import { RouteTable } from './route-table.js';
import { SECURE_HEADERS } from './secure-headers.js';
import { validationPipe } from './validation.js';

/**
 * The longest parameter is a user_id of 255 characters. The router counts it decoded: a character is two units at most, or
 * `%2F` if it stays encoded.
 */
const MAX_PATH_PARAMETER = 255 * 3;
/**
 * An encoded character is up to four bytes of UTF-8, each `%XX`: a page_url of 2048 is 24 kB of address, user and session
 * 3 kB each. Beside them the headers may take what Node gives them alone, 16 kB.
 */
const MAX_HEADER_BYTES = 64 * 1024;
/** A request that is not whole by then is cut off; Node's own defaults (60 s, 300 s, looked at every 30 s) invite slowloris. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const TIMEOUT_CHECK_MS = 5_000;
/** A connection without a byte either way; streams send a heartbeat well below. */
const IDLE_TIMEOUT_MS = 60_000;

export interface HttpOptions {
  readonly logger: Pino;
  /** The version of package.json, shown in the API document. */
  readonly version: string;
}

/** A `TestingModule` with its overrides makes the application itself. */
interface ApplicationMaker {
  createNestApplication<T>(adapter: FastifyAdapter, options: NestApplicationOptions): T;
}

/** The application with everything that holds for all routes; the caller adds pages, starts it and stops it. */
export async function createHttpApplication(
  root: Type | DynamicModule | ApplicationMaker,
  { logger, version }: HttpOptions,
): Promise<NestFastifyApplication> {
  const routes = new RouteTable();
  const turnedAway = new TurnedAwayLog();
  const filter = new ProblemDetailsFilter(routes, turnedAway);
  const unparsed = new UnparsedRequests(logger, MAX_HEADER_BYTES);
  const proxies: { trusted: TrustedProxies | null } = { trusted: null };
  const adapter = httpAdapter(logger, { routes, filter, unparsed, proxies });
  const server = adapter.getInstance<FastifyInstance>();
  routes.watch(server);
  unparsed.watch(server.server);
  server.addHook('onRequest', (request, reply, done) => {
    const { headers } = request.raw;
    const forwarded = headers['x-forwarded-for'];
    if (typeof forwarded === 'string') headers['x-forwarded-for'] = withoutPorts(forwarded);
    void reply.header('x-request-id', request.id);
    // The answer to a POST is JSON for programs, where the policies of a page say nothing.
    if (request.method === 'POST') void reply.header('x-content-type-options', 'nosniff');
    else void reply.headers(SECURE_HEADERS);
    done();
  });

  const options: NestApplicationOptions = { logger: new NestLog(logger), abortOnError: false, bodyParser: false };
  const app =
    'createNestApplication' in root
      ? root.createNestApplication<NestFastifyApplication>(adapter, options)
      : await NestFactory.create<NestFastifyApplication>(root, adapter, options);
  const config = app.get(Config, { strict: false });
  proxies.trusted = config.settings.TRUSTED_PROXIES;
  const telemetry = app.get(Telemetry, { strict: false });
  telemetry.observe(server);
  app.get(OpenRequests, { strict: false }).observe(server);
  app.get(HeldAnswers, { strict: false }).observe(server);
  server.server.maxConnections = config.settings.MAX_CONNECTIONS;
  const shedding = app.get(LoadShedding, { strict: false });
  const access = app.get(AccessControl, { strict: false });
  const allowed = new AllowedOrigins(config, access);
  const foreign = new ForeignRequests(config, access, allowed);
  new EarlyRefusals({ shedding, foreign, allowed, telemetry, log: turnedAway }, logger).watch(server);
  checkBeforeBody(server, { routes, filter, shedding, access, allowed, foreign });
  app.useGlobalFilters(filter);
  app.useGlobalPipes(validationPipe());
  serveApiDocument(app, version);
  return app;
}

/** All that a request can be refused for before its body is read, in this order; then the body. */
function checkBeforeBody(
  server: FastifyInstance,
  { routes, filter, shedding, access, allowed, foreign }: Pick<Parts, 'routes' | 'filter'> & Checks,
): void {
  server.addHook('onRequest', ({ raw }, reply, done) => {
    if (hostIsClear(raw)) return done();
    void reply.header('connection', 'close');
    done(new Problem(400, 'bad_request', 'A request of HTTP/1.1 must have the header Host, once.'));
  });
  access.attach(server);
  foreign.watch(server);
  // Before there is room or not: a page may read why it is turned away, and when to come again.
  allowOrigins(server, routes, allowed);
  shedding.observe(server);
  server.addHook('onRequest', (request, _reply, done) => {
    const problem = filter.unanswered(request);
    if (problem) done(problem);
    else done();
  });
  new AccessGuard(access, isDocumentAddress).watch(server);
  new AcceptedBodies(access).register(server);
}

interface Checks {
  readonly shedding: LoadShedding;
  readonly access: AccessControl;
  readonly allowed: AllowedOrigins;
  readonly foreign: ForeignRequests;
}

interface Parts {
  readonly routes: RouteTable;
  readonly filter: ProblemDetailsFilter;
  readonly unparsed: UnparsedRequests;
  /** This is known only with the configuration, which needs the application, which needs this server. */
  readonly proxies: { readonly trusted: TrustedProxies | null };
}

function httpAdapter(logger: Pino, { routes, filter, unparsed, proxies }: Parts): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: (address: string) => proxies.trusted?.has(address) === true,
    // Without this, one open stream would keep close() waiting for ever.
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_TIMEOUT_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Node's own answer to a request without it is empty.
      requireHostHeader: false,
      ServerResponse: PatientResponse,
    },
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
    rewriteUrl: (request: IncomingMessage) => routedTarget(request, routes),
    // A logger for each request costs more than the few lines that are written: the filter names the request itself.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    requestIdHeader: false,
    genReqId: requestId,
    // No Express-style middleware is used: its hook would run for every request.
    skipMiddie: true,
    clientErrorHandler: (error, socket) => unparsed.fail(error, socket),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('connection', 'close');
      filter.answer(error, request, reply);
    },
  });
}
