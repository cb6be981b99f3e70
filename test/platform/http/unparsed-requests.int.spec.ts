import { once } from 'node:events';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { answerOn, askRaw, connectTo, type SmallService, startSmallService } from './small-service.js';

@Open()
@Controller()
class EchoController {
  @Get('hello')
  hello(): unknown {
    return { hello: 'world' };
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { body };
  }
}

const HOST = 'Host: localhost\r\n';
const JSON_BODY = 'Content-Type: application/json\r\n';

describe('requests that the router never sees', () => {
  let service: SmallService;

  beforeAll(async () => (service = await startSmallService(EchoController)));
  afterAll(() => service.app.close());

  it.each<[string, string, number, string]>([
    ['raw bytes in the address', `GET /hello?q=\xc3\xb1 HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['a control character in the address', `GET /hel\x01lo HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['a space in the address', `GET /hello?q=a b HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['several spaces in the address', `GET /he llo wor ld HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['an address above the limit', `GET /${'a'.repeat(70_000)} HTTP/1.1\r\n${HOST}\r\n`, 431, 'headers_too_large'],
    ['a query far above it', `GET /hello?${'a'.repeat(900_000)} HTTP/1.1\r\n${HOST}\r\n`, 431, 'headers_too_large'],
    [
      'headers above the limit',
      `GET /hello HTTP/1.1\r\n${HOST}X-Big: ${'a'.repeat(70_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['a header without a colon', `GET /hello HTTP/1.1\r\n${HOST}broken header\r\n\r\n`, 400, 'bad_request'],
    ['a header with a space in its name', `GET /hello HTTP/1.1\r\n${HOST}X Y: 1\r\n\r\n`, 400, 'bad_request'],
    ['a control character in a header', `GET /hello HTTP/1.1\r\n${HOST}X-A: a\x00b\r\n\r\n`, 400, 'bad_request'],
    [
      'Transfer-Encoding beside Content-Length',
      `POST /echo HTTP/1.1\r\n${HOST}${JSON_BODY}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      'bad_request',
    ],
    [
      'two lengths',
      `POST /echo HTTP/1.1\r\n${HOST}${JSON_BODY}Content-Length: 4\r\nContent-Length: 5\r\n\r\nnull`,
      400,
      'bad_request',
    ],
    [
      'a length that is no number',
      `POST /echo HTTP/1.1\r\n${HOST}${JSON_BODY}Content-Length: x\r\n\r\n`,
      400,
      'bad_request',
    ],
    [
      'a chunk without a size',
      `POST /echo HTTP/1.1\r\n${HOST}${JSON_BODY}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
      'bad_request',
    ],
    ['an unknown method', `FETCH /hello HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['a method in small letters', `get /hello HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['CONNECT', `CONNECT localhost:443 HTTP/1.1\r\n${HOST}\r\n`, 405, 'method_not_allowed'],
    ['TRACE', `TRACE /hello HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`, 405, 'method_not_allowed'],
    ['an unknown version', `GET /hello HTTP/7.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['no Host', 'GET /hello HTTP/1.1\r\n\r\n', 400, 'bad_request'],
    ['no Host, at an unknown address', 'GET /nothing HTTP/1.1\r\n\r\n', 400, 'bad_request'],
    ['two Hosts', `GET /hello HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400, 'bad_request'],
    ['broken percent-encoding', `GET /%zz HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['percent-encoding that is no UTF-8', `GET /hello/%ff HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['percent-encoding that ends early', `POST /%c3% HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad_request'],
    ['an expectation', `GET /hello HTTP/1.1\r\n${HOST}Expect: a-miracle\r\n\r\n`, 417, 'expectation_failed'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 400, 'bad_request'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'bad_request'],
  ])('%s: a problem with a code and a hint, then the connection closes', async (_, bytes, status, code) => {
    const socket = await connectTo(service.port, bytes);
    const ended = once(socket, 'end');
    const answer = await answerOn(socket);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    const body = JSON.parse(answer.text) as Record<string, unknown>;
    expect(body).toEqual({
      type: 'about:blank',
      title: expect.stringMatching(/^[A-Z]/) as string,
      status,
      detail: expect.stringMatching(/^.{20,}/) as string,
      code,
      request_id: answer.headers.get('x-request-id'),
    });
    expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/);
    await ended;
    socket.destroy();
  });

  it('an answer that has begun is not followed by another', async () => {
    const early = `POST /nope HTTP/1.1\r\n${HOST}${JSON_BODY}Transfer-Encoding: chunked\r\n\r\n`;
    const socket = await connectTo(service.port, early);
    expect((await answerOn(socket)).status).toBe(404);
    const more: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => more.push(chunk)).resume();
    socket.write('no chunk\r\n');
    await once(socket, 'close');
    expect(Buffer.concat(more).toString()).toBe('');
  });

  it('headers that do not come in time are answered; a connection without a byte is ended without an answer', async () => {
    const server = service.app.getHttpServer();
    const { headersTimeout } = server;
    server.headersTimeout = 1;
    const silent = await connectTo(service.port);
    const unused: Buffer[] = [];
    silent.on('data', (chunk: Buffer) => unused.push(chunk));
    const closed = once(silent, 'close');
    const answer = await askRaw(service.port, `GET /hello HTTP/1.1\r\n${HOST}`);
    expect([answer.status, (JSON.parse(answer.text) as { code: string }).code]).toEqual([408, 'request_timeout']);
    await closed;
    expect(Buffer.concat(unused).toString()).toBe('');
    server.headersTimeout = headersTimeout;
  });

  it.each([
    ['at an unknown address', 'POST /nope', 404, 'not_found'],
    ['at an unknown address below a known one', 'PUT /echo/nope', 404, 'not_found'],
    ['with another method', 'PATCH /echo', 405, 'method_not_allowed'],
  ])('a broken body %s: the address is judged first', async (_, start, status, code) => {
    for (const body of ['{"a":', '{"a":1}', 'x']) {
      const head = `${start} HTTP/1.1\r\n${HOST}${JSON_BODY}Content-Length: ${body.length}\r\n\r\n`;
      const answer = await askRaw(service.port, head + body);
      expect([answer.status, (JSON.parse(answer.text) as { code: string }).code]).toEqual([status, code]);
    }
  });

  it('answers HTTP/1.0 without Host', async () => {
    expect((await askRaw(service.port, 'GET /hello HTTP/1.0\r\n\r\n')).status).toBe(200);
  });
});
