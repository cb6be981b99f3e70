import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { listen } from '../../../src/platform/http/connection/listen.js';
import { createSmallService } from './small-service.js';

@Open()
@Controller()
class HelloController {
  @Get('hello')
  hello(): unknown {
    return { hello: 'world' };
  }
}

describe('listening', () => {
  let app: NestFastifyApplication;

  beforeEach(async () => (app = await createSmallService(HelloController)));
  afterEach(() => app.close());

  const reached = async (host: string, port: number) => {
    const answer = await fetch(`http://${host}:${port}/hello`).catch(() => null);
    return answer?.status ?? 'refused';
  };
  const portOf = () => (app.getHttpServer().address() as AddressInfo).port;

  it.each(['localhost', 'LOCALHOST', 'localhost.'])(
    'on %s is on both loopback addresses; one is shown',
    async (host) => {
      const url = await listen(app, host, 0);
      const port = portOf();
      expect(url).toBe(`http://localhost:${port}`);
      expect([
        await reached('127.0.0.1', port),
        await reached('[::1]', port),
        await reached('localhost', port),
      ]).toEqual([200, 200, 200]);
    },
  );

  it.each([
    ['127.0.0.1', [200, 'refused']],
    ['::1', ['refused', 200]],
  ])('on %s is on that alone', async (host, expected) => {
    const url = await listen(app, host, 0);
    const port = portOf();
    expect(url).toBe(`http://${host === '::1' ? 'localhost' : host}:${port}`);
    expect([await reached('127.0.0.1', port), await reached('[::1]', port)]).toEqual(expected);
  });

  it('closing ends both, also what is still connected', async () => {
    await listen(app, 'localhost', 0);
    const port = portOf();
    const idle = connect(port, '::1').on('error', () => undefined);
    await once(idle, 'connect');
    expect(await reached('[::1]', port)).toBe(200);
    const gone = once(idle, 'close');
    await app.close();
    await gone;
    expect([await reached('127.0.0.1', port), await reached('[::1]', port)]).toEqual(['refused', 'refused']);
  });

  it('fails when somebody else has the other address', async () => {
    const other = createServer().listen({ port: 0, host: '::1' });
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(listen(app, 'localhost', port)).rejects.toMatchObject({ code: 'EADDRINUSE', port });
    other.close();
  });
});
