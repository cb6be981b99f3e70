import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { Problem, PROBLEM_CONTENT_TYPE } from '../problems/problem.js';
import { SECURE_HEADERS } from '../secure-headers.js';
import { LINGER_BYTES, LINGER_IDLE_MS, LINGER_MS } from './lingering.js';

/** Node's code for headers or a body that did not come in time. */
const TIMED_OUT = 'ERR_HTTP_REQUEST_TIMEOUT';

type ConnectionError = Error & { readonly code?: string };

const HINTS: Readonly<Record<string, string>> = {
  HPE_INVALID_METHOD: 'The method is not one of HTTP.',
  HPE_INVALID_URL: 'The address holds bytes that may not stand there: percent-encode them (UTF-8), spaces as %20.',
  HPE_INVALID_CONSTANT: 'The request line is broken: percent-encode spaces in the address as %20.',
  HPE_INVALID_VERSION: 'The request line must end with HTTP/1.1.',
  HPE_INVALID_HEADER_TOKEN: 'A header is broken: it must be `Name: value`, without line breaks or control characters.',
  HPE_INVALID_CONTENT_LENGTH: 'Content-Length must be one number, without Transfer-Encoding beside it.',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'Content-Length must be one number, without Transfer-Encoding beside it.',
  HPE_INVALID_TRANSFER_ENCODING: 'Transfer-Encoding must be chunked, without Content-Length beside it.',
  HPE_INVALID_CHUNK_SIZE: 'The body is not chunked as Transfer-Encoding says.',
};

/** Answers bytes of a connection that never became a request like any other wrong request, and closes the connection. */
export class UnparsedRequests {
  /** After an error the parser reports one again for every packet. */
  private readonly answered = new WeakSet<Socket>();

  constructor(
    private readonly logger: Logger,
    private readonly headerLimit: number,
  ) {}

  /** Node answers these itself, with nothing. */
  watch(server: Server): void {
    server.on('connect', (_request: IncomingMessage, socket: Socket) => {
      const problem = new Problem(405, 'method_not_allowed', 'This is no proxy: CONNECT is not answered.');
      this.answer(problem, socket, null);
    });
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      const problem = new Problem(417, 'expectation_failed', 'Expect can only be 100-continue.');
      const { headers, body } = this.written(problem);
      this.log(problem, headers['x-request-id'], request.headers.expect);
      response.writeHead(problem.status, headers).end(body);
    });
  }

  /** Handles Node's event `clientError`. */
  fail(error: ConnectionError, socket: Socket): void {
    if (this.answered.has(socket)) return;
    // A reset leaves nobody to answer; an answer that has begun cannot be another.
    if (error.code === 'ECONNRESET' || !socket.writable || hasBegun(socket)) return void socket.destroy();
    // A connection that is opened ahead and not used: the answer could meet a request that is on its way, and would be taken for its own.
    if (error.code === TIMED_OUT && socket.bytesRead === 0) return void socket.destroy();
    this.answer(this.problemOf(error), socket, error);
  }

  private problemOf({ code = '' }: ConnectionError): Problem {
    if (code === 'HPE_HEADER_OVERFLOW') {
      const most = `${this.headerLimit / 1024} kB`;
      return new Problem(431, 'headers_too_large', `The address and the headers together are above ${most}.`);
    }
    if (code === TIMED_OUT) return new Problem(408, 'request_timeout', 'The request was not whole in time.');
    if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
      return new Problem(413, 'body_too_large', 'The chunk extensions of the body are too large: leave them out.');
    return new Problem(400, 'bad_request', HINTS[code] ?? 'This is no request of HTTP/1.1.');
  }

  private answer(problem: Problem, socket: Socket, error: ConnectionError | null): void {
    this.answered.add(socket);
    const { headers, body } = this.written(problem);
    this.log(problem, headers['x-request-id'], error);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const start = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`;
    socket.end([start, ...lines, '', body].join('\r\n'));
    throwAwayRest(socket);
  }

  private written(problem: Problem) {
    const requestId = randomUUID();
    const body = JSON.stringify(problem.toBody(requestId));
    const headers = {
      ...SECURE_HEADERS,
      'content-type': PROBLEM_CONTENT_TYPE,
      'content-length': String(Buffer.byteLength(body)),
      'x-request-id': requestId,
      date: new Date().toUTCString(),
      connection: 'close',
    };
    return { headers, body };
  }

  private log({ code }: Problem, requestId: string, error: unknown): void {
    this.logger.debug({ err: error, request_id: requestId, code }, code);
  }
}

/** Node tells it only by this (its own answer to a broken request looks at the same). */
function hasBegun(socket: Socket): boolean {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true;
}

/** The parser takes what still comes and reports it as broken, which nobody listens to any more. */
function throwAwayRest(socket: Socket): void {
  const most = socket.bytesRead + LINGER_BYTES;
  const deadline = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.setTimeout(LINGER_IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.once('end', () => socket.destroy()).once('close', () => clearTimeout(deadline));
  socket.on('data', () => {
    if (socket.bytesRead > most) socket.destroy();
  });
}
