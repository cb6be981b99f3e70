import { Body, Controller, Get, Module, Param, Post, ServiceUnavailableException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { connect } from 'node:net';
import { pino } from 'pino';
import { access } from '../../../src/access/access.slice.js';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { BrokenRule } from '../../../src/platform/broken-rule.js';
import { createHttpApplication } from '../../../src/platform/http/http-server.js';
import { Clock } from '../../../src/platform/clock/clock.js';
import { Config, loadConfig } from '../../../src/platform/config/config.js';
import { Health } from '../../../src/platform/observability/health.js';
import { Telemetry } from '../../../src/platform/observability/telemetry.js';
import { HeldAnswers } from '../../../src/platform/http/answers/held-answers.js';
import { LoadShedding } from '../../../src/platform/http/shedding/load-shedding.js';
import { OpenRequests } from '../../../src/platform/http/open-requests.js';
import { Problem } from '../../../src/platform/http/problems/problem.js';
import { TelemetryController } from '../../../src/platform/http/telemetry.controller.js';
import { ACCESS_IN_MEMORY } from '../../access/access-in-memory.js';
import { Overloaded } from '../../../src/platform/overloaded.js';
import { eventually } from '../../support/waiting.js';
import { DatabaseUnavailable } from '../../../src/platform/postgres/database-unavailable.js';

const failure = (code: string, message = 'inner detail: select secret', more = {}) =>
  Object.assign(new Error(message), { code, ...more });

const FAILURES: Readonly<Record<string, Error>> = {
  defect: new TypeError('secret is not a function'),
  text: failure('22021'),
  refused: failure('ECONNREFUSED'),
  away: new DatabaseUnavailable('PostgreSQL is not available: secret is wrong'),
  shutdown: failure('57P01'),
  full: failure('53300'),
  locks: failure('53200'),
  schema: failure('42P01'),
  slow: failure('57014'),
  hung: new Error('Query read timeout'),
  pool: new Error('timeout exceeded when trying to connect'),
  cut: new Error('Connection terminated unexpectedly'),
  library: failure('item_not_found', 'no row for password=secret', {
    errors: [{ field: 'secret', message: 'secret' }],
  }),
  missing: new BrokenRule(404, 'letter_not_found', 'There is no such letter.'),
  twice: new BrokenRule(409, 'id_conflict', 'Another came first.'),
  rule: new BrokenRule(400, 'odd_rule', 'a must be even', [{ field: 'a', message: 'must be even' }]),
  outcome: new Problem(503, 'outcome_unknown', 'Perhaps.', {
    headers: { 'retry-after': '5' },
    extensions: { results: [{ index: 0 }] },
  }),
  crowded: new Overloaded('Too many at once.'),
  ready: new ServiceUnavailableException({
    code: 'not_ready',
    message: 'postgresql: away',
    errors: [{ field: 'postgresql', message: 'away' }],
  }),
};

@Open()
@Controller()
class FailingController {
  @Get('fails/:how')
  fail(@Param('how') how: string): never {
    throw FAILURES[how] ?? new Error(how);
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { body };
  }
}

@Module({
  controllers: [FailingController, TelemetryController],
  providers: [
    LoadShedding,
    OpenRequests,
    HeldAnswers,
    Health,
    Telemetry,
    Clock,
    { provide: Config, useValue: loadConfig([access], {}).with({ MAX_EVENT_LOOP_DELAY_MS: 0 }) },
    ...ACCESS_IN_MEMORY,
  ],
})
class FailingModule {}

describe('problem details', () => {
  let app: NestFastifyApplication;
  let url: string;
  let logged: Record<string, unknown>[];

  beforeAll(async () => {
    const stream = { write: (line: string) => logged.push(JSON.parse(line) as Record<string, unknown>) };
    logged = [];
    app = await createHttpApplication(FailingModule, { logger: pino({ level: 'debug' }, stream), version: '1.2.3' });
    await app.listen({ port: 0, host: '127.0.0.1' });
    url = await app.getUrl();
  });
  beforeEach(() => (logged = []));
  afterAll(() => app.close());

  const ask = async (path: string, request: RequestInit = {}) => {
    const response = await fetch(url + path, request);
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body };
  };

  it.each([
    ['defect', 500, 'internal_error'],
    ['text', 500, 'internal_error'],
    ['library', 500, 'internal_error'],
    ['refused', 503, 'database_unavailable'],
    ['away', 503, 'database_unavailable'],
    ['shutdown', 503, 'database_unavailable'],
    ['full', 503, 'database_unavailable'],
    ['locks', 503, 'database_unavailable'],
    ['schema', 503, 'database_unavailable'],
    ['pool', 503, 'database_unavailable'],
    ['cut', 503, 'database_unavailable'],
    ['slow', 503, 'query_timeout'],
    ['hung', 503, 'query_timeout'],
    ['missing', 404, 'letter_not_found'],
    ['twice', 409, 'id_conflict'],
    ['rule', 400, 'odd_rule'],
    ['outcome', 503, 'outcome_unknown'],
    ['ready', 503, 'not_ready'],
  ])('%s is %d %s, with the request id and nothing of the inside', async (how, status, code) => {
    const { headers, body, ...answer } = await ask(`/fails/${how}`, { headers: { 'x-request-id': `test-${how}` } });
    expect(answer.status).toBe(status);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(headers.get('x-request-id')).toBe(`test-${how}`);
    expect(body).toMatchObject({ type: 'about:blank', status, code, request_id: `test-${how}` });
    expect([typeof body.title, typeof body.detail]).toEqual(['string', 'string']);
    expect(JSON.stringify(body)).not.toMatch(/secret|select|at .*\.ts/);
    expect(headers.has('retry-after')).toBe(/database_unavailable|query_timeout|outcome_unknown/.test(code));
    if (how === 'locks') expect(body.detail).toContain('its locks');
    const [line] = logged.filter((entry) => entry.request_id === `test-${how}`);
    expect(line).toMatchObject({ code, route: '/fails/:how' });
    // What a client did wrong may be told with an excerpt of what it sent.
    if (status < 500) expect(line).not.toHaveProperty('err');
    else if (FAILURES[how] instanceof Problem) {
      expect(line).toMatchObject({ level: 40, detail: FAILURES[how].detail });
      expect(line).not.toHaveProperty('err');
    } else expect(line).toMatchObject({ err: { message: FAILURES[how]?.message } });
  });

  it('logs a line a second for all that are turned away', async () => {
    for (let n = 0; n < 20; n += 1) expect((await ask('/fails/crowded')).status).toBe(503);
    const lines = () => logged.filter(({ code }) => code === 'overloaded');
    const told = () => lines().reduce((sum, { requests }) => sum + Number(requests), 0);
    await eventually(() => told() === 20, { within: 10_000, what: 'all are counted in the log' });
    expect(lines().length).toBeLessThan(20);
    expect(lines()[0]).toMatchObject({ level: 40, last: { route: '/fails/:how', method: 'GET' } });
  });

  it('passes on what a problem carries beside the standard members', async () => {
    expect((await ask('/fails/outcome')).body.results).toEqual([{ index: 0 }]);
    expect((await ask('/fails/rule')).body.errors).toEqual([{ field: 'a', message: 'must be even' }]);
    expect((await ask('/fails/ready')).body.errors).toEqual([{ field: 'postgresql', message: 'away' }]);
  });

  const json = { 'content-type': 'application/json' };
  it.each<[string, string, RequestInit, number, string]>([
    ['an unknown address', '/nothing', {}, 404, 'not_found'],
    ['an address that is no URL', '/%zz', {}, 400, 'bad_request'],
    ['another method', '/echo', {}, 405, 'method_not_allowed'],
    ['another method, parameter in the path', '/fails/x?y', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['broken JSON', '/echo', { method: 'POST', headers: json, body: '{"a":' }, 400, 'bad_request'],
    ['an empty body', '/echo', { method: 'POST', headers: json, body: '' }, 400, 'bad_request'],
    [
      'a body that is not JSON',
      '/echo',
      { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,b' },
      415,
      'unsupported_media_type',
    ],
    [
      'a body above 5 MB',
      '/echo',
      { method: 'POST', headers: json, body: `"${'x'.repeat(5_000_000)}"` },
      413,
      'body_too_large',
    ],
  ])('%s', async (_, path, request, status, code) => {
    const { headers, body, ...answer } = await ask(path, request);
    expect([answer.status, body.status, body.code]).toEqual([status, status, code]);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(headers.get('x-request-id')).toBe(body.request_id);
    expect(headers.get('allow')).toBe(status === 405 ? (path === '/echo' ? 'POST' : 'GET, HEAD') : null);
  });

  it('takes a body of 255 kB, and keys that only a careless merge would mind', async () => {
    const body = `{"__proto__": {"a": 1}, "constructor": {"prototype": 2}, "x": "${'x'.repeat(255_000)}"}`;
    expect((await ask('/echo', { method: 'POST', headers: json, body })).status).toBe(201);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it.each([
    ['too long', 'x'.repeat(129)],
    ['with a space', 'a b'],
    ['empty', ''],
  ])('makes an id of its own for one that is %s', async (_, given) => {
    const { headers } = await ask('/nothing', { headers: { 'x-request-id': given } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('works in a browser over plain HTTP', async () => {
    const { headers } = await fetch(`${url}/docs`);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
    expect(headers.has('strict-transport-security')).toBe(false);
  });

  it('measures requests by route, not by address', async () => {
    await ask('/fails/rule?secret=1');
    await ask('/nothing/secret');
    const metrics = await (await fetch(`${url}/internal/metrics`)).text();
    expect(metrics).toContain('http_request_duration_seconds_count{route="/fails/:how",method="GET",status="400"}');
    expect(metrics).toContain('http_request_duration_seconds_count{route="unknown",method="GET",status="404"}');
    expect(metrics).toContain('process_resident_memory_bytes');
    expect(metrics).not.toContain('secret');
  });

  it('does not wait for slow headers as long as Node does', () => {
    const { headersTimeout, requestTimeout, timeout } = app.getHttpServer();
    expect([headersTimeout, requestTimeout, timeout]).toEqual([10_000, 30_000, 60_000]);
  });

  it('answers what is no HTTP with 400 and closes', async () => {
    const { port } = app.getHttpServer().address() as { port: number };
    const socket = connect(port, '127.0.0.1').end('not http\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('serves the document under its version', async () => {
    const { body } = await ask('/docs-json');
    expect(body.info).toMatchObject({ title: 'monitoreo', version: '1.2.3' });
    expect((await fetch(`${url}/docs/`)).headers.get('content-type')).toContain('text/html');
  });
});
