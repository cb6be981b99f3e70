import { Body, Controller, Get, Post } from '@nestjs/common';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { RouteIs } from '../../../src/platform/http/route-properties.js';
import type { Settings } from '../../../src/platform/config/variables.js';
import { BodyAsSent } from '../../../src/platform/http/bodies/body-as-sent.js';
import { askRaw, type SmallService, startSmallService } from './small-service.js';

const TOKEN = 'a-token-of-32-characters-or-more';

@Open()
@Controller()
class StateController {
  @Get('state')
  state(): unknown {
    return { state: 1 };
  }

  @Post('state')
  change(@Body() body: unknown): unknown {
    return { body };
  }

  @Post('beacon')
  @RouteIs({ foreignOrigins: 'always', plainText: true })
  @BodyAsSent()
  beacon(@Body() body: Buffer): unknown {
    return { bytes: body.length };
  }
}

describe('requests of foreign pages', () => {
  let service: SmallService | null = null;
  const started = async (settings: Partial<Settings> = {}) =>
    (service = await startSmallService(StateController, settings));
  afterEach(async () => {
    await service?.app.close();
    service = null;
  });

  const ask = async (start: string, headers: readonly string[], body = '') => {
    const lines = body ? [...headers, `Content-Length: ${Buffer.byteLength(body)}`] : headers;
    const answer = await askRaw(service!.port, [`${start} HTTP/1.1`, ...lines, '', body].join('\r\n'));
    const { code } = JSON.parse(answer.text || '{}') as { code?: string };
    return code === undefined ? answer.status : `${answer.status} ${code}`;
  };

  describe('by the name they ask for', () => {
    const own = [
      'localhost',
      'localhost:8082',
      'LOCALHOST:8082',
      'localhost.',
      'localhost.:9',
      'localhost:',
      '127.0.0.1',
      '127.0.0.1:65535',
      '127.8.9.1:80',
      '127.1',
      '127.0.0.1.',
      '[::1]',
      '[::1]:8082',
      '[0:0:0:0:0:0:0:1]:8082',
      '[::ffff:127.0.0.1]:8082',
      '[::FFFF:7f00:1]',
      '::1',
    ];
    const foreign = [
      'evil.example',
      'evil.example:8082',
      'localhost.evil.example',
      'notlocalhost',
      '127.0.0.1.evil.example:8082',
      '127.evil.example',
      'evil.example:127',
      'localhost@evil.example',
      'evil.example@localhost',
      'evil.example#localhost',
      'evil.example/localhost',
      'localhost evil.example',
      'localhost, evil.example',
      '10.0.0.1',
      '0.0.0.0:8082',
      '128.0.0.1',
      '[::]',
      '[::2]:8082',
      '[::ffff:10.0.0.1]',
      '[fe80::1]',
      'localhost:port',
      'localhost:99999',
      '[::1',
      '',
    ];

    it('without a key: the names of this machine, however written', async () => {
      await started();
      const answers = await Promise.all(own.map(async (host) => [host, await ask('GET /state', [`Host: ${host}`])]));
      expect(answers).toEqual(own.map((host) => [host, 200]));
    });

    it('without a key: no other, on any route and with any method', async () => {
      await started();
      for (const start of ['GET /state', 'HEAD /state', 'GET /nothing', 'OPTIONS /state', 'GET /docs', 'POST /state']) {
        const answers = await Promise.all(
          foreign.map(async (host) => [host, await ask(start, [`Host: ${host}`, 'Connection: close'])]),
        );
        const refused = start.startsWith('HEAD') ? 403 : '403 foreign_host';
        expect([start, answers]).toEqual([start, foreign.map((host) => [host, refused])]);
      }
    });

    it('a target in absolute-form counts as the name', async () => {
      await started();
      expect(await ask('GET http://127.0.0.1:8082/state', ['Host: localhost'])).toBe(200);
      expect(await ask('GET HTTP://LocalHost/state?a=b', ['Host: localhost'])).toBe(200);
      expect(await ask('POST http://localhost/state', ['Host: localhost', 'Content-Type: application/json'], '1')).toBe(
        201,
      );
      expect(await ask('DELETE http://localhost/state', ['Host: localhost'])).toBe('405 method_not_allowed');
      expect(await ask('GET http://evil.example/state', ['Host: localhost'])).toBe('403 foreign_host');
      expect(await ask('GET http://evil.example?/state', ['Host: localhost'])).toBe('403 foreign_host');
      expect(await ask('GET http://localhost/state', ['Host: evil.example'])).toBe('403 foreign_host');
      expect(await ask('GET http://localhost@evil.example/state', ['Host: localhost'])).toBe('403 foreign_host');
    });

    it('HOST itself is ours', async () => {
      await started({ HOST: 'panel.test' });
      expect(await ask('GET /state', ['Host: Panel.test:8082'])).toBe(200);
      expect(await ask('GET /state', ['Host: panel.test.evil.example'])).toBe('403 foreign_host');
    });

    it.each<[string, Partial<Settings>]>([
      ['with a key', { API_TOKEN: TOKEN }],
      ['with ALLOW_ANONYMOUS', { ALLOW_ANONYMOUS: true, HOST: '0.0.0.0' }],
    ])('%s: any name', async (_, settings) => {
      await started(settings);
      expect(await ask('GET /state', ['Host: monitoreo:8082'])).toBe(200);
      expect(await ask('GET /state', ['Host: stats.example'])).toBe(200);
    });
  });

  describe('by the Origin of what changes state', () => {
    const change = (origin: string, host = 'localhost:8082') =>
      ask('POST /state', [`Host: ${host}`, `Origin: ${origin}`, 'Content-Type: application/json'], '1');

    it('the own one may: scheme, host and port of the Host header', async () => {
      await started({ API_TOKEN: TOKEN });
      expect(await change('http://localhost:8082')).toBe(201);
      expect(await change('http://127.0.0.1:8082', '127.0.0.1:8082')).toBe(201);
      expect(await change('http://[::1]:8082', '[::1]:8082')).toBe(201);
      expect(await change('http://localhost', 'localhost')).toBe(201);
      expect(await change('http://localhost', 'localhost:80')).toBe(201);
      expect(await change('http://stats.example', 'Stats.example')).toBe(201);
    });

    it('no other may', async () => {
      await started({ API_TOKEN: TOKEN });
      const origins = [
        'http://evil.example',
        'http://localhost',
        'http://localhost:8083',
        'https://localhost:8082',
        'http://127.0.0.1:8082',
        'http://localhost:8082.evil.example',
        'http://localhost:8082@evil.example',
        'http://evil.example/localhost:8082',
        'http://localhost:8082, http://evil.example',
        'file://',
        'chrome-extension://abcdef',
        'localhost:8082',
        'null',
        '',
      ];
      for (const origin of origins) expect([origin, await change(origin)]).toEqual([origin, '403 forbidden_origin']);
      expect(await change('http://', '')).toBe('403 forbidden_origin');
    });

    it('whatever the method that changes state, and before the key is asked for', async () => {
      await started({ API_TOKEN: TOKEN });
      const foreign = ['Host: localhost:8082', 'Origin: http://evil.example'];
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect(await ask(`${method} /state`, foreign)).toBe('403 forbidden_origin');
      }
      expect(await ask('GET /state', foreign)).toBe(200);
      expect(await ask('OPTIONS /state', foreign)).toBe('405 method_not_allowed');
    });

    it('a program sends none', async () => {
      await started();
      expect(await ask('POST /state', ['Host: localhost', 'Content-Type: application/json'], '1')).toBe(201);
    });

    it('a route may let others in', async () => {
      await started({ API_TOKEN: TOKEN });
      const headers = ['Host: localhost', 'Origin: http://shop.example', 'Content-Type: text/plain;charset=UTF-8'];
      expect(await ask('POST /beacon', headers, '{"a":1}')).toBe(201);
      expect(
        await ask('POST /beacon', ['Host: localhost', 'Origin: null', 'Content-Type: application/json'], '1'),
      ).toBe(201);
    });
  });

  it.each(['text/plain', 'text/plain;charset=UTF-8', 'TEXT/PLAIN', 'application/x-www-form-urlencoded', 'text/html'])(
    'a body of %s is 415 where the route does not take it',
    async (type) => {
      await started();
      expect(await ask('POST /state', ['Host: localhost', `Content-Type: ${type}`], '{"a":1}')).toBe(
        '415 unsupported_media_type',
      );
    },
  );

  it('without a Content-Type a body is 415, and no body is none', async () => {
    await started();
    expect(await ask('POST /state', ['Host: localhost'], '{"a":1}')).toBe('415 unsupported_media_type');
    expect(await ask('POST /state', ['Host: localhost'])).toBe(201);
    expect(await ask('POST /state', ['Host: localhost', 'Content-Type: text/plain', 'Content-Length: 0'])).not.toBe(
      '415 unsupported_media_type',
    );
  });
});
