import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Overloaded, OVERLOADED } from '../../overloaded.js';
import { type BadField, BrokenRule } from '../../broken-rule.js';
import { unpackingProblem } from '../bodies/compressed-bodies.js';
import { databaseProblem } from './database-problem.js';
import { overloadedProblem } from './overloaded-problem.js';
import { bodyOf, contentTypeOf, Problem } from './problem.js';
import type { TurnedAwayLog } from './turned-away-log.js';
import { propertiesOf } from '../route-properties.js';
import type { RouteTable } from '../route-table.js';
import { SECURE_HEADERS } from '../secure-headers.js';

/** Turns everything that is thrown into one shape of answer; what nobody foresaw becomes a 500 that shows nothing of the inside. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly turnedAway: TurnedAwayLog,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = this.problemOf(error, request);
    this.log(problem, error, request);
    if (reply.sent || reply.raw.headersSent) {
      // A stream broke half-way: its answer has begun, so all that is left is to show that it is not whole.
      reply.raw.destroy();
      return;
    }
    const older = request.routeOptions?.config !== undefined && propertiesOf(request).olderErrors === true;
    void reply
      .status(problem.status)
      .headers({ ...SECURE_HEADERS, 'x-request-id': request.id, ...problem.more.headers })
      .type(contentTypeOf(older))
      .serializer(JSON.stringify)
      .send(bodyOf(problem, request.id, older));
  }

  private log(problem: Problem, error: unknown, request: FastifyRequest): void {
    if (problem.code === OVERLOADED) {
      const { id, method, routeOptions } = request;
      return this.turnedAway.note(request.log, { request_id: id, method, route: routeOptions?.url }, problem.code);
    }
    const level = problem.status >= 500 ? (problem.status === 503 ? 'warn' : 'error') : 'debug';
    request.log[level](
      {
        // The sender is told what is wrong with a request, with an excerpt of it. That does not belong into a log.
        ...(problem.status >= 500 ? whatFailed(problem, error) : {}),
        request_id: request.id,
        code: problem.code,
        method: request.method,
        route: request.routeOptions?.url,
      },
      problem.code,
    );
  }

  private problemOf(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof BrokenRule) return brokenRule(error);
    // The router complains of an address (a part of it too long) before its method is looked at.
    if (this.isWrongMethod(request)) return this.unknownRoute(request);
    const status = httpStatus(error);
    if (status === 404) return this.unknownRoute(request);
    if (status !== null) return httpProblem(status, error as Error);
    if (error instanceof Overloaded) return overloadedProblem(error);
    return databaseProblem(error) ?? unpackingProblem(error) ?? internalError();
  }

  /**
   * The 404 or 405 of a request that no route answers; null when one does. It must be called before the body is read. GET
   * /dead-letters/replay has a route, but would be read as a dead letter with a wrong id.
   */
  unanswered(request: FastifyRequest): Problem | null {
    const byParameter = request.routeOptions.url?.includes(':') === true;
    return request.is404 || (byParameter && this.isWrongMethod(request)) ? this.unknownRoute(request) : null;
  }

  private isWrongMethod({ method, url }: FastifyRequest): boolean {
    const allowed = this.routes.methodsOf(pathOf(url));
    return allowed.length > 0 && !allowed.includes(method);
  }

  private unknownRoute(request: FastifyRequest): Problem {
    const allowed = this.routes.methodsOf(pathOf(request.url));
    // A route that answers this method found nothing: a file that is not there.
    if (allowed.length === 0 || allowed.includes(request.method))
      return new Problem(404, 'not_found', 'There is nothing at this address; /docs lists what there is.');
    const allow = allowed.join(', ');
    return new Problem(405, 'method_not_allowed', `This address answers ${allow}.`, { headers: { allow } });
  }
}

/** A problem that was thrown as such says all there is to know: where it was thrown is of no use to an operator. */
const whatFailed = (problem: Problem, error: unknown) =>
  error === problem ? { detail: problem.detail } : { err: error };

const pathOf = (url: string) => url.split('?', 1)[0] ?? '/';

/** The status of an exception of Nest, or of an error that Fastify raised before the route was reached (their messages are for clients). */
function httpStatus(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  const fromFastify = typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number';
  return fromFastify ? statusCode : error instanceof SyntaxError && statusCode === 400 ? 400 : null;
}

const HTTP_CODES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  406: 'not_acceptable',
  408: 'request_timeout',
  409: 'conflict',
  413: 'body_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  503: 'unavailable',
};

const HTTP_DETAILS: Readonly<Record<number, string>> = {
  403: 'This address leads outside of what is served here.',
  414: 'A part of the path is longer than any id can be.',
  415: 'Send the body as JSON with Content-Type: application/json.',
};

function httpProblem(status: number, error: Error): Problem {
  if (status >= 500 && status !== 503) return internalError(status);
  const { code, errors } = saidByController(error);
  return new Problem(
    status,
    code ?? HTTP_CODES[status] ?? 'bad_request',
    HTTP_DETAILS[status] ?? (error.message === 'Bad Request' ? 'This address cannot be read.' : error.message),
    errors ? { errors } : {},
  );
}

/** An exception of Nest may carry the members of the answer: `new ServiceUnavailableException({ code, message, errors })`. */
function saidByController(error: Error): { code?: string; errors?: readonly BadField[] } {
  const response: unknown = error instanceof HttpException ? error.getResponse() : null;
  return typeof response === 'object' && response !== null ? response : {};
}

const brokenRule = ({ status, code, message, errors }: BrokenRule) =>
  new Problem(status, code, message, errors.length > 0 ? { errors } : {});

const internalError = (status = 500) =>
  new Problem(status, 'internal_error', 'The service failed; the log names this request_id.');
