import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Controller, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../../../src/platform/config/variables.js';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { CorsOrigins } from '../../../src/platform/http/connection/cors-origins.js';
import { RouteIs } from '../../../src/platform/http/route-properties.js';
import { LoadShedding } from '../../../src/platform/http/shedding/load-shedding.js';
import { Telemetry } from '../../../src/platform/observability/telemetry.js';
import { Overloaded } from '../../../src/platform/overloaded.js';
import { eventually } from '../../support/waiting.js';
import { answerOn, connectTo, createSmallService } from './small-service.js';

@Open()
@Controller()
class BoxesController {
  @Post('boxes')
  @RouteIs({ roomFor: 'a box', foreignOrigins: 'always' })
  store(): unknown {
    return { stored: true };
  }

  @Post('older')
  @RouteIs({ roomFor: 'a box', foreignOrigins: 'always', olderErrors: true })
  older(): unknown {
    return { stored: true };
  }

  @Post('letters')
  take(): unknown {
    return { taken: true };
  }
}

const PANEL = 'https://panel.example';
const LIST: Partial<Settings> = { CORS_ORIGINS: CorsOrigins.parse(PANEL) };
const NAMED: Partial<Settings> = { TRACKER_ORIGINS: PANEL };

describe('refusals without the framework', () => {
  let app: NestFastifyApplication;
  let port: number;
  /** Answers that came by way of the framework. */
  let ordinary: number;
  let full: boolean;

  const start = async (settings: Partial<Settings> = {}) => {
    app = await createSmallService(BoxesController, settings);
    ordinary = 0;
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onSend', (_request, _reply, _payload, done) => {
        ordinary += 1;
        done();
      });
    await app.listen({ port: 0, host: '127.0.0.1' });
    port = (app.getHttpServer().address() as AddressInfo).port;
    full = true;
    app.get(LoadShedding).limit('a box', () => full, new Overloaded('No room for "another" box.'));
  };
  afterEach(() => app.close());

  const post = (path: string, headers: Record<string, string> = {}, body = '{}') => {
    const given = { Host: 'localhost', 'Content-Type': 'application/json', 'Content-Length': '2', ...headers };
    const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}`);
    return [`POST ${path} HTTP/1.1`, ...lines, '', body].join('\r\n');
  };
  /** All that is sent until the service closes the connection; the date of each answer is left out. */
  const heard = async (bytes: string) => {
    const socket = await connectTo(port, bytes);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    await once(socket, 'close');
    return text.replace(/^Date: .*$/gim, 'Date');
  };

  it.each<[string, string, Record<string, string>, Partial<Settings>]>([
    ['a plain post', '/boxes', {}, {}],
    ['a route with the errors of older clients', '/older', {}, {}],
    ['an id of any characters', '/boxes', { 'X-Request-Id': '"a\\b$&"' }, {}],
    ['a page of any origin', '/boxes', { Origin: 'https://shop.example' }, {}],
    ['a page of a named origin', '/boxes', { Origin: PANEL }, NAMED],
    ['a page of the list', '/boxes', { Origin: PANEL }, LIST],
    ['no page where there is a list', '/boxes', {}, LIST],
  ])('are those of the framework, byte by byte: %s', async (_name, path, headers, settings) => {
    await start(settings);
    const given = { 'X-Request-Id': 'one', Connection: 'close', ...headers };
    const early = await heard(post(path, given));
    expect(ordinary).toBe(0);
    // The early way knows an address only as it is written.
    const usual = await heard(post(`${path}?x=1`, given));
    expect(ordinary).toBe(1);
    expect(early).toBe(usual);
    expect(early).toMatch(/^HTTP\/1\.1 503 /);
    expect(early).toMatch(/\r\nretry-after: 2\r\n/i);
  });

  it('leave the connection open, and those are let in who come when there is room', async () => {
    await start();
    const socket = await connectTo(port, post('/boxes'));
    expect((await answerOn(socket)).status).toBe(503);
    socket.write(post('/boxes'));
    expect((await answerOn(socket)).status).toBe(503);
    full = false;
    socket.write(post('/boxes'));
    expect((await answerOn(socket)).status).toBe(201);
    socket.destroy();
    expect(ordinary).toBe(1);
  });

  it('keep the order of requests that were sent without waiting', async () => {
    await start();
    const last = post('/boxes', { 'X-Request-Id': 'third', Connection: 'close' });
    const text = await heard(
      post('/boxes', { 'X-Request-Id': 'first' }) + post('/letters', { 'X-Request-Id': 'second' }) + last,
    );
    const ids = [...text.matchAll(/\r\nx-request-id: (\w+)/g)].map(([, id]) => id);
    expect(ids).toEqual(['first', 'second', 'third']);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 503', 'HTTP/1.1 201', 'HTTP/1.1 503']);
  });

  it('leave to the framework what else is wrong with a request, and bodies that are not whole', async () => {
    await start(LIST);
    expect(await heard(post('/boxes', { Host: 'evil.example', Connection: 'close' }))).toMatch(/^HTTP\/1\.1 403 /);
    expect(ordinary).toBe(1);
    const socket = await connectTo(port, post('/boxes', {}, ''));
    expect((await answerOn(socket)).status).toBe(503);
    expect(ordinary).toBe(2);
    socket.destroy();
  });

  it('are counted as all answers', async () => {
    await start();
    await heard(post('/boxes', { Connection: 'close' }));
    const series = 'http_request_duration_seconds_count{route="/boxes",method="POST",status="503"} 1';
    await eventually(async () => expect(await app.get(Telemetry).registry.metrics()).toContain(series), {
      within: 10_000,
      what: 'the refusal is counted',
    });
  });
});
