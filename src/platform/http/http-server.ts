import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import helmet from 'helmet';
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
import { NestLog } from '../observability/logger.js';
import { acceptJsonBodies } from './bodies/body-as-sent.js';
import { acceptCompressedBodies } from './bodies/compressed-bodies.js';
import { serveApiDocument } from './openapi/openapi.js';
import { HeldAnswers } from './held-answers.js';
import { OpenRequests } from './open-requests.js';
import { ProblemDetailsFilter } from './problems/problem-details.filter.js';
import { RouteTable } from './route-table.js';
import { Telemetry } from '../observability/telemetry.js';
import { validationPipe } from './validation.js';

/** CONTRACT §2: a body above this is 413. */
const BODY_LIMIT_BYTES = 5_000_000;
/** An id of 128 characters, percent-encoded: up to 12 for a character of four bytes. */
const MAX_PATH_PARAMETER = 128 * 12;
/** A request that is not whole by then is cut off; Node's own defaults (60 s, 300 s, looked at every 30 s) invite slowloris. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const TIMEOUT_CHECK_MS = 5_000;
/** A connection without a byte either way; streams send a heartbeat well below. */
const IDLE_TIMEOUT_MS = 60_000;

export interface HttpOptions {
  readonly logger: Pino;
  /** Of package.json, shown in the API document. */
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
  const filter = new ProblemDetailsFilter(routes);
  const adapter = httpAdapter(logger, filter);
  const server = adapter.getInstance<FastifyInstance>();
  routes.watch(server);
  acceptCompressedBodies(server);
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    // What answers a POST is JSON for programs: a page's policies say nothing there.
    if (request.method === 'POST') void reply.header('x-content-type-options', 'nosniff');
    else return setSecureHeaders(request.raw, reply.raw, () => done());
    done();
  });

  const options: NestApplicationOptions = { logger: new NestLog(logger), abortOnError: false };
  const app =
    'createNestApplication' in root
      ? root.createNestApplication<NestFastifyApplication>(adapter, options)
      : await NestFactory.create<NestFastifyApplication>(root, adapter, options);
  acceptJsonBodies(app, BODY_LIMIT_BYTES);
  app.get(Telemetry, { strict: false }).observe(server);
  app.get(OpenRequests, { strict: false }).observe(server);
  app.get(HeldAnswers, { strict: false }).observe(server);
  app.useGlobalFilters(filter);
  app.useGlobalPipes(validationPipe());
  serveApiDocument(app, version);
  return app;
}

function httpAdapter(logger: Pino, filter: ProblemDetailsFilter): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    // Without it one open stream keeps close() waiting for ever.
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
    // A logger for each request costs more than the few lines that are written: the filter names the request itself.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    requestIdHeader: false,
    genReqId: requestId,
    // No Express-style middleware is used: its hook would run for every request.
    skipMiddie: true,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      filter.answer(error, request, reply),
  });
}

/** The caller's X-Request-Id when it is printable and short enough for a log line, else a fresh one. */
function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}

/**
 * Works over plain HTTP (no HSTS, nothing upgraded to https), and Swagger UI needs inline styles and data: images.
 * Built once: the Fastify plugin of the same library builds it anew for every request, 5 % of a POST /track.
 */
const setSecureHeaders = helmet({
  strictTransportSecurity: false,
  contentSecurityPolicy: {
    directives: {
      'default-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'style-src': ["'self'", "'unsafe-inline'"],
      'upgrade-insecure-requests': null,
    },
  },
});
